// SPDX-License-Identifier: Apache-2.0
#include "core/interchange/xmp.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/interchange/xml.h"

namespace cameo {
namespace {

// https://cv.iptc.org/newscodes/digitalsourcetype/ ; the codes themselves are given with http.
constexpr std::string_view sourceTypes = "http://cv.iptc.org/newscodes/digitalsourcetype/";
constexpr const char* ourNamespace = "urn:x-cameo:recipe:1.0#";

std::string localName(std::string_view name) {
    const auto colon = name.rfind(':');
    return std::string(colon == std::string_view::npos ? name : name.substr(colon + 1));
}

Provenance provenanceOf(const std::string& address) {
    for (const Provenance candidate : {Provenance::Generated, Provenance::Composite})
        if (address == cat(sourceTypes, provenanceCode(candidate)))
            return candidate;
    return Provenance::Unknown;
}

/// RDF lets a value stand in an element or in an attribute, and programs choose as they like.
void collect(const XmlElement& element, XmpContent& content) {
    const auto take = [&](const std::string& name, const std::string& value) {
        const std::string local = localName(name);
        if (local == "DigitalSourceType" && content.provenance == Provenance::Unknown)
            content.provenance = provenanceOf(value);
        else if (local == "recipe" && content.recipe.empty() && value.starts_with('{'))
            content.recipe = value;
    };
    take(element.name, element.text);
    for (const auto& [name, value] : element.attributes)
        take(name, value);
    if (const std::string* resource = element.attribute("rdf:resource"))
        take(element.name, *resource);
    for (const XmlElement& child : element.children)
        collect(child, content);
}

} // namespace

std::string provenanceCode(Provenance provenance) {
    switch (provenance) {
    case Provenance::Generated:
        return "trainedAlgorithmicMedia";
    case Provenance::Composite:
        return "compositeWithTrainedAlgorithmicMedia";
    case Provenance::Unknown:
        break;
    }
    return {};
}

std::string makeXmp(Provenance provenance, const Json& recipe) {
    if (provenance == Provenance::Unknown && recipe.isNull())
        return {};
    std::string out = "<?xpacket begin=\"\xef\xbb\xbf\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
                      "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n"
                      "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n"
                      "<rdf:Description rdf:about=\"\"\n"
                      " xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\"\n"
                      " xmlns:Iptc4xmpExt=\"http://iptc.org/std/Iptc4xmpExt/2008-02-29/\"\n";
    out += cat(" xmlns:cameo=\"", ourNamespace, "\">\n<xmp:CreatorTool>Cameo</xmp:CreatorTool>\n");
    if (provenance != Provenance::Unknown)
        out += cat("<Iptc4xmpExt:DigitalSourceType>", sourceTypes, provenanceCode(provenance),
                   "</Iptc4xmpExt:DigitalSourceType>\n");
    if (!recipe.isNull())
        out += cat("<cameo:recipe>", xmlEscaped(recipe.dump()), "</cameo:recipe>\n");
    return out + "</rdf:Description>\n</rdf:RDF>\n</x:xmpmeta>\n<?xpacket end=\"w\"?>";
}

XmpContent readXmp(std::string_view packet) {
    XmpContent content;
    try {
        collect(parseXml(packet), content);
    } catch (const Failure&) {
        return {};
    }
    return content;
}

} // namespace cameo
