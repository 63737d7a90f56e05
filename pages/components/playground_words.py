"""What the playground says, in English: controls, presets and findings, whose numbers the browser fills in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Lesson:
    """A preset of the playground: what its link says beyond the usual. is_bad: it shows something going wrong."""

    name: str
    query: str
    is_bad: bool = False


PRESETS = (
    Lesson(name="circle", query="data=circle&play=1"),
    Lesson(name="xor", query="data=corners&noise=0&layers=2&seed=1&play=1"),
    Lesson(name="xor_stuck", query="data=corners&noise=0&layers=2&seed=4&play=1", is_bad=True),
    Lesson(
        name="spiral",
        query="data=spiral&noise=0&share=0.8&points=400&layers=8-8&features=x,y,sinx,siny&rate=0.01&decay=0.001&seed=2&play=1",
    ),
    Lesson(name="line", query="data=circle&activation=linear&layers=4-2&play=1", is_bad=True),
    Lesson(
        name="diverges",
        query="data=circle&activation=leaky_relu&optimiser=sgd&rate=10&layers=8-8-8&features=x,y,x2,y2&play=1",
        is_bad=True,
    ),
    Lesson(name="dead", query="data=circle&activation=relu&optimiser=sgd&rate=10&layers=8-8&play=1", is_bad=True),
    Lesson(
        name="vanishes", query="data=circle&activation=sigmoid&optimiser=sgd&layers=4-4-4-4-4-4&play=1", is_bad=True
    ),
    Lesson(
        name="by_heart",
        query="data=gauss&noise=1&points=60&layers=8-8-8&features=x,y,x2,y2,xy,sinx,siny&play=1",
        is_bad=True,
    ),
    Lesson(name="alike", query="data=circle&init=same&play=1", is_bad=True),
)

# Titles and reasons of faults that the run doctor knows are the doctor's own sentences; a test compares them.
WORDS: dict[str, str] = {
    "locale": "en",
    "network": "Network",
    "output": "What it answers, everywhere",
    "data": "Points",
    "presets": "Try",
    "presets_why": "Two colours, a few neurons. Press Train, change anything, draw points of your own; or begin with "
    "one of these.",
    "train": "Train",
    "pause": "Pause",
    "step": "One step",
    "reset": "Start again",
    "epoch": "Epoch",
    "speed": "Pace",
    "speed_step": "A step a frame",
    "speed_epoch": "An epoch a frame",
    "speed_fast": "As fast as it can",
    "rate": "Learning rate",
    "activation": "Activation",
    "optimiser": "Optimiser",
    "batch": "Batch size",
    "momentum": "Momentum",
    "l1": "L1",
    "decay": "L2 (weight decay)",
    "dropout": "Dropout",
    "init": "First weights",
    "init_standard": "As PyTorch draws them",
    "init_xavier": "Xavier (Glorot)",
    "init_he": "He",
    "init_large": "Far too large",
    "init_same": "All the same",
    "seed": "Seed",
    "another_seed": "Another seed",
    "noise": "Noise",
    "noise_help": "How far points stray from their shape.",
    "points": "Number of points",
    "points_help": "How many points there are, for training and test together.",
    "balance": "Orange points",
    "balance_help": "The share of the orange class.",
    "share": "For training",
    "share_help": "The share of points that teach; the others, drawn paler, only test.",
    "data_circle": "Circle",
    "data_xor": "Exclusive or, four fields",
    "data_corners": "Exclusive or, four corners",
    "data_gauss": "Two clouds",
    "data_moons": "Two moons",
    "data_spiral": "Two spirals",
    "features": "Features",
    "feature": "Feature {name}",
    "layers": "{count} hidden layers",
    "one_layer": "{count} hidden layer",
    "fewer_layers": "Remove the last hidden layer",
    "more_layers": "Add a hidden layer",
    "fewer_units": "Remove a neuron from layer {layer}",
    "more_units": "Add a neuron to layer {layer}",
    "units": "{count} neurons",
    "unit": "Neuron {unit} of layer {layer}",
    "surface": "The plane with its points. The arrow keys move a cross and read out the answer there; with a colour "
    "chosen, Enter sets a point.",
    "says": "{share} {name}",
    "blue": "blue",
    "orange": "orange",
    "draw": "Draw",
    "rubber": "rubber",
    "clear": "clear",
    "train_loss": "Training: loss, right",
    "test_loss": "Test: loss, right",
    "loss_and_share": "{loss}, {share}",
    "no_number": "not a number",
    "none": "—",
    "of_test": "Of the test points",
    "of_train": "Of the training points",
    "confusion": "Who is taken for whom",
    "taken_for": "taken for {name}",
    "paused_at": "Paused at epoch {epoch}: {share} right.",
    "paste": "Paste your own points",
    "paste_help": "A point a line: x, y and its class, with commas, tabs or blanks between. The plane goes from −6 "
    "to 6; wider data is scaled onto it. 600 points at most, two classes.",
    "take": "Take these points",
    "pasted": "{count} points taken, {skipped} lines left out.",
    "paste_few": "There must be points of two classes; these were {count}, and {skipped} lines were left out.",
    "lesson": "Make a lesson of it",
    "lesson_help": "The link holds everything: points, network, settings, seed, and how far it has been trained. "
    "Leave out the controls that your lesson does not need.",
    "copy": "Copy link",
    "copied": "Copied",
    "link": "Link to what is seen",
    "show": "Show",
    "show_presets": "Presets",
    "show_own": "Drawing and pasting points",
    "show_data": "Shapes of points",
    "show_layers": "Layers and neurons",
    "real": "Use these settings on a real use case",
    "real_help": "Real tables have other features and thousands of rows, so only what means the same there goes "
    "along, within the bounds of that use case.",
    "case": "Use case",
    "go": "Open it with these settings",
    "pair": "{label} {value}",
    "listed": "{words}, {next}",
    "sentences": "{sentence} {next}",
    # -- presets
    "preset_circle": "Circle",
    "preset_circle_why": "Six neurons bend their lines into a ring. Point at a neuron to see what it has learned to "
    "look for.",
    "preset_xor": "XOR, solved",
    "preset_xor_why": "No single line parts these corners. Two neurons draw two lines, and the answer is what lies "
    "between them.",
    "preset_xor_stuck": "XOR, stuck",
    "preset_xor_stuck_why": "The same network on the same points from another seed: it comes to rest where no small "
    "step helps.",
    "preset_spiral": "Spirals",
    "preset_spiral_why": "Hard: sixteen neurons and two sine features. Watch the border wind itself up.",
    "preset_line": "No bend",
    "preset_line_why": "Layers without an activation are one straight line, however many there are.",
    "preset_diverges": "Too fast",
    "preset_diverges_why": "A learning rate of 10: the weights leap further with each step until they are no numbers "
    "any more.",
    "preset_dead": "Dead units",
    "preset_dead_why": "One step that is too long pushes ReLU neurons to where they answer nothing at all; they "
    "cannot come back.",
    "preset_vanishes": "Too deep",
    "preset_vanishes_why": "Six layers of sigmoids: hardly any of the gradient arrives at the first one.",
    "preset_by_heart": "By heart",
    "preset_by_heart_why": "Thirty noisy points to learn from and two hundred weights to learn them with.",
    "preset_alike": "All alike",
    "preset_alike_why": "All weights begin the same, so all neurons of a layer learn the same: four that do the work "
    "of one.",
    # -- findings
    "fresh_title": "Nothing is learned yet",
    "fresh_saw": "The weights are as chance drew them. Press Train and watch the two colours part.",
    "learns_title": "It learns",
    "learns_saw": "The loss on training points went from {first} to {last}.",
    "solved_title": "Solved",
    "solved_saw": "{share} of the points that it had not seen are right, after {epoch} epochs.",
    "divergence_title": "The training diverges",
    "nan_saw": "In epoch {epoch} the loss was no longer a number.",
    "divergence_saw": "In epoch {epoch} the loss on training rows was {loss}, {times} times what one constant answer "
    "for every row loses ({constant}).",
    "divergence_why": "Each step is longer than the valley is wide, so it lands higher on the other side, and the "
    "next gradient is larger still.",
    "dead_units_title": "Units are dead",
    "dead_units_saw": "In epoch {epoch}, {share} of the neurons of layer {layer} answered to none of the training "
    "points.",
    "dead_units_why": "A step that was too long has pushed them to the flat part of their curve, for every row; "
    "there the gradient is nothing, so they cannot come back.",
    "vanishing_gradients_title": "The gradients vanish",
    "vanishing_gradients_saw": "A weight of the first layer feels one {share}th of the gradient that a weight of the "
    "last one feels.",
    "vanishing_gradients_why": "Each layer on the way back multiplies the gradient by the slope of its units, which "
    "is far below 1.",
    "slow_learning_title": "The steps are too small",
    "slow_learning_saw": "The loss falls as evenly at the end as at the beginning, from {first} to {last} in {count} "
    "epochs.",
    "slow_learning_why": "The learning rate is so small that the valley is far away; some thousandths a step are "
    "usual.",
    "over_fitting_title": "It learns by heart",
    "over_fitting_saw": "Since epoch {epoch} the loss on training points fell from {before} to {now}, while that on "
    "test points rose from {low} to {high}.",
    "over_fitting_why": "What it still learns is peculiar to the training rows; on others it is noise.",
    "plateau_title": "It has stopped getting better",
    "plateau_saw": "From epoch {first} to {last} the loss on training points stayed at {loss}, and there is no "
    "hidden layer.",
    "plateau_why": "Without hidden layers the answer is a sum of what each column says alone, and that sum is found.",
    "no_bend_saw": "From epoch {first} to {last} the loss on training points stayed at {loss}.",
    "no_bend_why": "Without an activation, all layers together are one straight line, and the best one is found.",
    "alike_title": "All neurons do the same",
    "alike_saw": "In every layer all neurons have the same weights.",
    "alike_why": "They began alike and feel the same gradient, so every step moves them alike; together they can do "
    "what one can.",
    "stuck_title": "It is stuck",
    "stuck_saw": "From epoch {first} to {last} the loss on training points stayed at {loss}, with {share} right.",
    "stuck_why": "Its {units} neurons draw {units} lines, and from this start they came to rest where every small "
    "step makes the loss larger: a local minimum. Another seed may find its way; one neuron more gives it a "
    "way around.",
    "parallel_saw": "From epoch {first} to {last} the loss on training points stayed at {loss}, with {share} right. "
    "Neurons {a} and {b} of the first layer draw the same line.",
    "parallel_why": "Two that do the work of one leave a line undrawn, and no small step parts them again: a local "
    "minimum. Another seed may find its way; one neuron more gives it a way around.",
    "narrow_saw": "From epoch {first} to {last} the loss on training points stayed at {loss}, with {share} right.",
    "narrow_why": "The first layer has one neuron, and one neuron draws one line: this shape needs more.",
    "mend_slower": "Train with rate {value}",
    "mend_faster": "Train with rate {value}",
    "mend_leaky": "Train with leaky ReLU",
    "mend_silu": "Train with SiLU",
    "mend_tanh": "Train with tanh",
    "mend_decay": "Train with L2 {value}",
    "mend_more": "Train on {value} points",
    "mend_layer": "Add a hidden layer",
    "mend_wider": "Add a neuron",
    "mend_seed": "Try seed {value}",
    "mend_drawn": "Draw the first weights",
}
