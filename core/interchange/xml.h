// SPDX-License-Identifier: Apache-2.0
// As much XML as OpenRaster's stack.xml and XMP need: elements, attributes, text. No document types, so that
// no entity can grow. Internal to this folder. Any thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cameo {

struct XmlElement {
    std::string name; // with its prefix, as written
    std::vector<std::pair<std::string, std::string>> attributes;
    std::string text; // of this element alone, entities resolved
    std::vector<XmlElement> children;

    const std::string* attribute(std::string_view name) const; // nullptr when absent
};

/// The root element. Throws Failure(InvalidArgument) with the byte offset and the reason.
XmlElement parseXml(std::string_view text);

/// Text for an element or a quoted attribute. What XML 1.0 cannot hold (control characters) becomes a space.
std::string xmlEscaped(std::string_view utf8);

} // namespace cameo
