// SPDX-License-Identifier: Apache-2.0
// The facade: all that the window and the command line see of core's computing. Everything runs on one
// compute thread that owns the device. Calls return at once and may come from any thread; results arrive
// through a Sink.
//
// A Sink's functions are called on the compute thread. They must return quickly and may only post or cancel
// jobs. Every job ends in exactly one onDone: a value or an Error (Cancelled and Superseded included).
#pragma once

#include "core/base/json.h"
#include "core/base/parameter.h"
#include "core/base/progress.h"
#include "core/base/result.h"
#include "core/document/edit_state.h"
#include "core/engine/tasks.h"
#include "core/image/image.h"
#include "core/jobs/job_handle.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace cameo {

enum class Precision { Float32, BFloat16, Float16 };
const char* precisionName(Precision precision);

struct EngineOptions {
    std::string device = "auto"; // auto, cpu, cuda, cuda:N
    Precision precision = Precision::Float32;
    int threads = 0; // 0: all cores
};

struct DeviceInfo {
    std::string name;   // "CPU, 2 threads"
    std::string reason; // "no CUDA device found", "asked for"
    Precision precision = Precision::Float32;
    bool hasFastBFloat16 = false;
    unsigned long long memoryBytes = 0; // resident now
};

/// A direction that a slider can move along, with the rows that it acts on by default.
struct DirectionInfo {
    std::string id;    // "pc1"
    std::string label; // "Component 1"
    int firstRow = 0;
    int lastRow = -1;
    double minimum = -5, maximum = 5; // in standard deviations
    double explained = 0;             // share of the variance of W, 0..1
};

struct ModelInfo {
    std::filesystem::path file; // empty: embedded
    std::string title;
    std::string container; // "safetensors"
    long resolution = 0;
    long imageChannels = 3;
    long zDim = 0, wDim = 0, cDim = 0, numWs = 0;
    long parameterCount = 0;
    bool hasDiscriminator = false;
    std::string architecture; // "skip"
    std::vector<DirectionInfo> directions;
    Json details; // as `cameo info --json`
};

struct StageTiming {
    std::string stage; // "mapping", "synthesis", "mask", "fill", "composite"
    double milliseconds = 0;
};

/// What to make of a state. Pictures arrive coarse to fine.
struct RenderRequest {
    EditState state;
    bool wantMask = false;
    bool wantComposite = false; // edited person over the filled ground of the original; implies the mask
    bool isDraft = false;       // while a slider moves: fewer mask variants, same picture
};

struct Rendering {
    EditState state;  // what it shows
    Image picture;    // RGB U8
    Mask mask;        // of the edited picture; empty until it is there
    Image plate;      // the original's ground, filled; empty until it is there
    Image composite;  // RGB; empty until it is there
    Rect photoSquare; // for photographs: where picture and mask lie on plate and composite
    std::vector<StageTiming> timings;
};

struct SampleRequest {
    std::string model;
    std::vector<std::uint32_t> seeds;
    double psi = 0.7;
    int cutoff = -1;
    NoiseMode noise = NoiseMode::Const;
    std::optional<int> classIndex;
    std::filesystem::path folder;
    bool asArrays = false;     // seedNNNN.{z,w,ws,image}.npy instead of PNG
    bool withFeatures = false; // also .feat_RES_convN.npy and .rgb_RES.npy
};

struct InversionRequest {
    std::string model;
    std::filesystem::path photo;
    std::optional<Rect> square; // in upright pixels; empty: the largest centred square
    ParameterValues parameters; // of inversionParameters()
};

struct InversionResult {
    EditState state; // latent and photo set
    Image target;    // the square at the model's resolution
    Image picture;   // the reconstruction so far
    double loss = 0;
    double psnr = 0;      // dB against target
    int steps = 0;        // done
    bool stopped = false; // stopped on request with the best so far
};

enum class ExportFormat { PngFolder, OpenRaster, Psd, Tiff };
/// What an exported file says about how it was made.
enum class Metadata { Whole, Stripped };

struct ExportRequest {
    EditState state;
    std::filesystem::path target;        // a folder for PNGs, else a file
    std::optional<ExportFormat> format;  // empty: as the ending says (.ora, .psd, .tif), else PNGs
    int bits = 8;                        // a channel: 8 or 16
    Metadata metadata = Metadata::Whole; // recipe and XMP
};

struct ExportReport {
    std::vector<std::filesystem::path> files; // ground, person, mask, composite and layers.json; or the file
    std::vector<StageTiming> timings;
    double coverage = 0; // of the mask
};

struct BenchRequest {
    std::string name; // empty: all
    int repeats = 5;
};

struct BenchRow {
    std::string name;        // "synthesis 256 float32"
    double milliseconds = 0; // median
    double minimum = 0;
    std::string note; // peak memory, difference between precisions ...
};

template <typename T>
struct Sink {
    std::function<void(const Partial<T>&)> onPartial;
    std::function<void(const Progress&)> onProgress;
    std::function<void(Result<T>)> onDone;
};

/// Live requests: one slot each, the newest wins and supersedes the one before it.
enum class LiveSlot { Canvas, Thumbnail };

class Engine {
  public:
    virtual ~Engine() = default;

    virtual DeviceInfo device() const = 0;
    /// Loads a model into the engine's small cache (empty path: the embedded one). Other calls load on
    /// demand.
    virtual JobHandle loadModel(const std::string& model, Sink<ModelInfo> sink) = 0;
    /// Latest wins.
    virtual JobHandle preview(LiveSlot slot, RenderRequest request, Sink<Rendering> sink) = 0;
    /// Queued, never superseded.
    virtual JobHandle render(RenderRequest request, Sink<Rendering> sink) = 0;
    virtual JobHandle sample(SampleRequest request, Sink<std::vector<std::filesystem::path>> sink) = 0;
    /// Cancelling ends with the best so far (InversionResult::stopped) once a first step is done.
    virtual JobHandle invert(InversionRequest request, Sink<InversionResult> sink) = 0;
    virtual JobHandle exportLayers(ExportRequest request, Sink<ExportReport> sink) = 0;
    /// Trains in the background: at its yield points every other job goes first. Cancelling ends with a value
    /// (isStopped) once the pictures are packed; the same request goes on.
    virtual JobHandle train(TrainingRequest request, Sink<TrainingStatus> sink) = 0;
    /// The training that runs writes its state and networks after its next step, and goes on.
    virtual void saveTraining() = 0;
    virtual JobHandle bench(BenchRequest request, Sink<std::vector<BenchRow>> sink) = 0;
};

/// Fails with Device when the device or precision cannot be had, saying why.
Result<std::unique_ptr<Engine>> createEngine(const EngineOptions& options);

/// Parameter tables, for dialogs, options and help.
std::span<const Parameter> inversionParameters();
std::span<const Parameter>
maskParameters(const std::string& method); // throws InvalidArgument for an unknown method
std::vector<std::string> maskMethods();    // "clusters"

/// What a model file holds, without building a network: `cameo info`.
Result<Json> describeFile(const std::filesystem::path& file);

/// What a layered file (OpenRaster, PSD, TIFF with several pages) holds, for `cameo info`; nothing for other
/// files.
Result<std::optional<Json>> describeLayers(const std::filesystem::path& file);

/// The work in a FILE.cameo or in anything that was exported (folder, PNG, OpenRaster, PSD, TIFF); nothing
/// for other files, such as a photograph.
Result<std::optional<EditState>> openWork(const std::filesystem::path& file);

/// Where the embedded model is: the CAMEO_MODEL_DIR environment variable, the installed data folder, or the
/// source tree.
Result<std::filesystem::path> embeddedModelFolder();

} // namespace cameo
