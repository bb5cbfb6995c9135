// SPDX-License-Identifier: Apache-2.0
// Networks of twice the size out of trained ones, which at the start do what the old ones did: training goes
// on at the new size instead of beginning again (the idea of Karras et al. 2018, "Progressive Growing",
// section 2, without its fading: StyleGAN2's skip images make that needless). No LibTorch in sight. Any
// thread.
#pragma once

#include "core/checkpoint/stylegan2_record.h"

#include <cstdint>
#include <optional>

namespace cameo::train {

/// Twice the resolution. For every row of W+ of the old network, and whatever the two new rows are, the
/// picture is the old one enlarged as the network enlarges its own skip images: the new block has fresh
/// weights from `seed`, but its to-RGB layer is zero and its noise strengths are zero. Half the channels of
/// the last block, which is what channels of base / resolution do, but not below 16 where the last block has
/// as many. The mapping network and the mean of W stay. Throws UnsupportedModel for other architectures than
/// 'skip' and InvalidArgument beyond 1024 px.
checkpoint::GeneratorRecord grown(const checkpoint::GeneratorRecord& record, std::uint64_t seed);

/// Twice the resolution, with a new block in front. The score of a picture is the old score of its half-sized
/// copy (the network's own filter): the block hands its halved colours to the old first layer, and what it
/// can see beyond them starts with weight zero. A block of fresh weights would feed the trained layers with
/// noise and the generator with gradients of nonsense until it has learnt to see again. Throws
/// UnsupportedModel for other architectures than 'resnet' and InvalidArgument beyond 1024 px.
checkpoint::DiscriminatorRecord grown(const checkpoint::DiscriminatorRecord& record, std::uint64_t seed);

/// How often a network of `from` px must grow to make pictures of `to` px: 0, 1 or 2; empty when no growth
/// leads there.
std::optional<int> growthSteps(long from, long to);

} // namespace cameo::train
