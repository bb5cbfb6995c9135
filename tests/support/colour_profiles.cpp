// SPDX-License-Identifier: Apache-2.0
#include "tests/support/picture_files.h"

#include <lcms2.h>
#include <stdexcept>

namespace cameo::test {
namespace {

cmsHPROFILE openRgb(double gamma, bool isSwapped) {
    cmsToneCurve* curve = cmsBuildGamma(nullptr, gamma);
    cmsToneCurve* curves[3] = {curve, curve, curve};
    const cmsCIExyY white{0.3127, 0.329, 1};
    cmsCIExyYTRIPLE primaries{{0.64, 0.33, 1}, {0.3, 0.6, 1}, {0.15, 0.06, 1}};
    if (isSwapped)
        std::swap(primaries.Red, primaries.Blue);
    cmsHPROFILE profile = cmsCreateRGBProfile(&white, &primaries, curves);
    cmsFreeToneCurve(curve);
    return profile;
}

/// Inks on paper: Lab of an sRGB colour that ink multiplies down; black leaves half of the light.
int sampleInks(const cmsUInt16Number in[], cmsUInt16Number out[], void* toLab) {
    double rgb[3];
    for (int c = 0; c < 3; ++c)
        rgb[c] = (1 - in[c] / 65535.0) * (1 - 0.5 * in[3] / 65535.0);
    cmsCIELab lab;
    cmsDoTransform(toLab, rgb, &lab, 1);
    cmsFloat2LabEncodedV2(out, &lab);
    return TRUE;
}

cmsHPROFILE openCmyk() {
    cmsHPROFILE profile = cmsCreateProfilePlaceholder(nullptr);
    cmsSetProfileVersion(profile, 2.1);
    cmsSetDeviceClass(profile, cmsSigOutputClass);
    cmsSetColorSpace(profile, cmsSigCmykData);
    cmsSetPCS(profile, cmsSigLabData);
    cmsHPROFILE srgb = cmsCreate_sRGBProfile(), lab = cmsCreateLab2Profile(nullptr);
    cmsHTRANSFORM toLab = cmsCreateTransform(srgb, TYPE_RGB_DBL, lab, TYPE_Lab_DBL,
                                             INTENT_RELATIVE_COLORIMETRIC, cmsFLAGS_NOOPTIMIZE);
    cmsPipeline* pipeline = cmsPipelineAlloc(nullptr, 4, 3);
    cmsStage* table = cmsStageAllocCLut16bit(nullptr, 9, 4, 3, nullptr);
    cmsStageSampleCLut16bit(table, sampleInks, toLab, 0);
    cmsPipelineInsertStage(pipeline, cmsAT_END, table);
    cmsWriteTag(profile, cmsSigAToB0Tag, pipeline);
    cmsPipelineFree(pipeline);
    cmsDeleteTransform(toLab);
    cmsCloseProfile(lab);
    cmsCloseProfile(srgb);
    return profile;
}

cmsHPROFILE open(ProfileKind kind) {
    switch (kind) {
    case ProfileKind::LinearRgb:
        return openRgb(1.0, false);
    case ProfileKind::SwappedRgb:
        return openRgb(2.2, true);
    case ProfileKind::Srgb:
        return cmsCreate_sRGBProfile();
    case ProfileKind::Cmyk:
        return openCmyk();
    case ProfileKind::Gamma1Grey:
        break;
    }
    cmsToneCurve* curve = cmsBuildGamma(nullptr, 1.0);
    cmsHPROFILE profile = cmsCreateGrayProfile(cmsD50_xyY(), curve);
    cmsFreeToneCurve(curve);
    return profile;
}

} // namespace

FileBytes makeProfile(ProfileKind kind) {
    cmsHPROFILE profile = open(kind);
    cmsUInt32Number size = 0;
    if (!profile || !cmsSaveProfileToMem(profile, nullptr, &size))
        throw std::runtime_error("cannot make a profile");
    FileBytes bytes(size);
    cmsSaveProfileToMem(profile, bytes.data(), &size);
    cmsCloseProfile(profile);
    return bytes;
}

} // namespace cameo::test
