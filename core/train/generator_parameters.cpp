// SPDX-License-Identifier: Apache-2.0
#include "core/train/generator_trainer.h"

namespace cameo::train {

std::span<const Parameter> generatorTrainingParameters() {
    static constexpr Parameter table[] = {
        {"images", "Images", 0, 1e6, 1000, 3, "thousand", "Images to have seen when the training is done.",
         "Karras et al. 2020 (ADA): 1,000 to 25,000"},
        {"batch", "Batch", 4, 256, 16, 0, "images", "Images of one step; a multiple of 4.",
         "our 64 px recipe"},
        {"learning-rate", "Learning rate", 1e-6, 0.1, 0.0025, 6, "",
         "Step size of Adam (0, 0.99) for both networks.",
         "Karras et al. 2020 (ADA), table of hyperparameters"},
        {"r1", "R1 weight", 0, 1000, 1, 4, "",
         "Weight of the penalty on the discriminator's slope at real images.",
         "Mescheder et al. 2018; stronger than the 0.05 of ADA's rule for this size because the data set is "
         "small"},
        {"r1-interval", "R1 interval", 1, 256, 16, 0, "steps", "Steps from one penalty to the next.",
         "Karras et al. 2020 (StyleGAN2), lazy regularisation"},
        {"mixing", "Style mixing", 0, 1, 0.9, 3, "", "Probability that two latents share one image.",
         "Karras et al. 2019"},
        {"ema-half-life", "Half-life of the average", 0, 1000, 5, 3, "thousand",
         "Images after which half of the moving average is new.", "our 64 px recipe"},
        {"ema-ramp", "Ramp of the average", 0, 1, 0.05, 3, "",
         "Fresh weights only: the half-life is at most this part of the images seen; 0 for none.",
         "Karras et al. 2020 (ADA)"},
        {"mirror", "Mirror", 0, 1, 1, 0, "", "1: every second real image is mirrored.",
         "portraits are symmetric"},
        {"augment-probability", "Augmentation", 0, 0.85, 0.3, 3, "",
         "Probability of each augmentation; where it adapts, the probability to start with.",
         "our 64 px recipe"},
        {"augment-target", "Augmentation target", 0, 1, 0.6, 3, "",
         "Mean sign of the real scores to hold by adapting the probability; 0 keeps it fixed.",
         "Karras et al. 2020 (ADA), section 3"},
        {"augment-translate", "Shift", 0, 0.5, 0.125, 3, "",
         "Greatest shift as a part of the side, in whole pixels.", "Zhao et al. 2020 (DiffAugment)"},
        {"augment-zoom", "Zoom", 0, 1, 0, 3, "octaves", "Standard deviation of the scale.",
         "Karras et al. 2020 (ADA) use 0.2; 0 because resampling blurs at 64 px"},
        {"augment-colour", "Colour", 0, 2, 1, 3, "", "Strength of brightness, contrast and saturation.",
         "Zhao et al. 2020 (DiffAugment)"},
        {"augment-cutout", "Cutout", 0, 1, 0, 3, "",
         "Side of the erased square as a part of the side; 0 for none.",
         "Zhao et al. 2020 (DiffAugment) use 0.5; 0 because it slows small trainings"},
        {"state-interval", "State every", 0.001, 1e6, 10, 3, "thousand",
         "Images from one saved state to the next.", "a few minutes on two CPU cores"},
        {"sample-interval", "Samples every", 0.001, 1e6, 10, 3, "thousand",
         "Images from one sheet of samples to the next.", "a few minutes on two CPU cores"},
        {"samples", "Samples", 1, 1024, 32, 0, "images", "Images on a sheet of samples.",
         "a sheet to take in at once"},
        {"log-interval", "Log every", 0.001, 1e6, 1, 3, "thousand",
         "Images from one line of the log to the next.", "about a minute on two CPU cores"},
        {"channel-base", "Channel base", 64, 65536, 4096, 0, "",
         "Fresh weights only: channels at side R are this divided by R.", "small enough for a CPU"},
        {"channel-max", "Channel maximum", 8, 1024, 256, 0, "",
         "Fresh weights only: greatest number of channels.", "small enough for a CPU"},
        {"mapping-layers", "Mapping layers", 1, 16, 4, 0, "",
         "Fresh weights only: layers of the mapping network.",
         "our 64 px recipe; ADA's automatic configuration uses 2"},
        {"latent-size", "Latent size", 8, 2048, 512, 0, "", "Fresh weights only: size of Z and W.",
         "Karras et al. 2019"},
    };
    return table;
}

} // namespace cameo::train
