// SPDX-License-Identifier: Apache-2.0
#include "ui/models/command_line.h"

#include "ui/models/qt_text.h"

#include <QLocale>
#include <QRegularExpression>

namespace cameo::ui {

using namespace Qt::StringLiterals;

namespace {

/// The fewest digits that read back the same.
QString number(double value) {
    return QString::number(value, 'g', QLocale::FloatingPointShortest);
}

QString setOption(const DirectionEdit& edit, const ModelInfo* model) {
    bool isWhole = edit.firstRow == 0 && edit.lastRow < 0;
    if (model)
        for (const DirectionInfo& direction : model->directions)
            if (direction.id == edit.direction)
                isWhole = edit.firstRow == direction.firstRow && edit.lastRow == direction.lastRow;
    QString text = toQt(edit.direction);
    if (!isWhole) {
        const int last = edit.lastRow >= 0 ? edit.lastRow : model ? static_cast<int>(model->numWs) - 1 : -1;
        text += u":%1-%2"_s.arg(edit.firstRow).arg(last);
    }
    return text + (edit.strength < 0 ? u"="_s : u"=+"_s) + number(edit.strength);
}

void addSource(QStringList& words, const EditState& state) {
    if (state.photo) {
        const Rect& square = state.photo->square;
        words << shellWord(toQt(state.photo->file)) << u"--square"_s
              << u"%1,%2,%3"_s.arg(square.x).arg(square.y).arg(square.width);
        return;
    }
    const EditState standard;
    words << u"--seed"_s << QString::number(state.seed);
    if (state.psi != standard.psi)
        words << u"--psi"_s << number(state.psi);
    if (state.cutoff != standard.cutoff)
        words << u"--cutoff"_s << QString::number(state.cutoff);
    if (state.classIndex)
        words << u"--class"_s << QString::number(*state.classIndex);
}

void addMask(QStringList& words, const MaskSettings& mask) {
    const MaskSettings standard;
    if (mask.method != standard.method)
        words << u"--method"_s << toQt(mask.method);
    if (mask.threshold != standard.threshold)
        words << u"--threshold"_s << number(mask.threshold);
    if (mask.softness != standard.softness)
        words << u"--softness"_s << number(mask.softness);
    if (mask.feather != standard.feather)
        words << u"--feather"_s << number(mask.feather);
    for (const auto& [name, value] : mask.parameters)
        words << u"--mask-"_s + toQt(name) << number(value);
}

} // namespace

QString shellWord(const QString& text) {
    static const QRegularExpression plain(u"^[A-Za-z0-9_@%+=:,./-]+$"_s);
    if (plain.match(text).hasMatch())
        return text;
    QString quoted = text;
    quoted.replace(u"'"_s, u"'\\''"_s);
    return u"'"_s + quoted + u"'"_s;
}

QString exportCommandLine(const EditState& state, const ModelInfo* model, const QString& folder) {
    if (state.latent && !state.photo)
        return {};
    QStringList words{u"cameo"_s, u"export"_s};
    addSource(words, state);
    if (!state.model.empty())
        words << u"--model"_s << shellWord(toQt(state.model));
    if (state.noise != NoiseMode::Const)
        words << u"--noise"_s << QString::fromUtf8(noiseModeName(state.noise));
    if (state.noise == NoiseMode::Random)
        words << u"--noise-seed"_s << QString::number(state.noiseSeed);
    for (const DirectionEdit& edit : state.directions)
        words << u"--set"_s << setOption(edit, model);
    if (state.mix)
        words << u"--mix"_s << u"%1:%2"_s.arg(state.mix->seed).arg(state.mix->crossover);
    addMask(words, state.mask);
    words << u"--out"_s << shellWord(folder);
    return words.join(u' ');
}

} // namespace cameo::ui
