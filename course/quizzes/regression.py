"""Quiz items of the lecture on regression."""

from course.quizzes.items import Item, Option

ITEMS = (
    Item(
        id="Q2.1",
        stem=(
            "Someone trains with the mean absolute error. Which noise model "
            "is that, read as a negative log-likelihood?"
        ),
        right=Option(
            "Laplace noise around ŷ",
            "The density falls like exp(−|r|/b), so its negative "
            "logarithm is |r|/b plus a constant.",
        ),
        distractors=(
            Option(
                "normal noise around ŷ",
                "A normal density has r² in its exponent, so its logarithm "
                "gives squares, not absolute values.",
                "squared and absolute error have the same noise model",
            ),
            Option(
                "uniform noise around ŷ",
                "A uniform density costs the same everywhere inside its "
                "interval and infinitely much outside; |r| grows steadily.",
                "absolute error treats all residuals alike",
            ),
            Option(
                "Bernoulli noise, y is 0 or 1",
                "That model is for targets 0 and 1, and it leads to binary "
                "cross-entropy; here y is a real number.",
                "any loss with a logarithm behind it is cross-entropy",
            ),
        ),
        section="2.3",
        retrieval=True,
    ),
    Item(
        id="Q2.2",
        stem=(
            "A slide says that “L1 gives sparse solutions”. Of which L1 is "
            "that true?"
        ),
        right=Option(
            "an L1 penalty on the weights",
            "The penalty's kink at 0 holds weights exactly there. The "
            "penalty acts on θ, and so θ becomes sparse.",
        ),
        distractors=(
            Option(
                "an L1 loss on the residuals",
                "An L1 loss makes some residuals exactly zero: the line runs "
                "through some points. Its weights stay where they are.",
                "M13",
            ),
            Option(
                "both the penalty and the loss",
                "The two have the same kink in different places. Only the "
                "one that sits on the weights can make weights zero.",
                "M13",
            ),
            Option(
                "neither, zeros are rounding",
                "The zeros of an L1 penalty are exact: for a small enough "
                "pull of the data the minimum lies right on the kink.",
                "exact zeros cannot be optimal",
            ),
        ),
        section="2.3",
    ),
    Item(
        id="Q2.3",
        stem=(
            "A point has the residual r = 5δ under a Huber loss. Now δ is "
            "made 10 times larger. What happens to the pull of this point?"
        ),
        right=Option(
            "it pulls more, as a square",
            "The residual is now half of the new δ, so the loss is ½r² there "
            "and the pull is r, five times the old δ.",
        ),
        distractors=(
            Option(
                "it is ignored, as an outlier",
                "Huber never ignores a point: beyond δ the pull stays at δ. "
                "And this point is no longer beyond δ.",
                "M14",
            ),
            Option(
                "it pulls just as much",
                "The pull was capped at the old δ. With the larger δ the cap "
                "is out of reach, and the pull is the residual itself.",
                "the threshold does not change the pull",
            ),
            Option(
                "it pulls less than before",
                "The other way round: a larger δ makes Huber more like the "
                "squared error, which listens to far points more.",
                "a larger threshold makes a loss more robust",
            ),
        ),
        section="2.4",
    ),
    Item(
        id="Q2.4",
        stem=(
            "Among pixels that look alike, 60 % have the colour value −1 and "
            "40 % have +1. Which value does a network trained with the "
            "squared error give them?"
        ),
        right=Option(
            "−0.2, a colour none of them has",
            "The squared error leads to the mean, 0.6·(−1) + 0.4·1 = "
            "−0.2, which is a grey that no pixel shows.",
        ),
        distractors=(
            Option(
                "−1, the colour most of them have",
                "That is the median, which is where the absolute error leads "
                "(and here the mode, too). Squares lead to the mean.",
                "M16",
            ),
            Option(
                "+1, the colour that is farther off",
                "The minority draws the mean towards itself, but cannot take "
                "it over: 40 % of the weight moves it by 0.8 only.",
                "the largest errors decide alone",
            ),
            Option(
                "−1 or +1, drawn as often as seen",
                "A network with one output gives one value for one input. To "
                "draw values, it has to predict a distribution.",
                "a point prediction is a sample",
            ),
        ),
        section="2.11",
    ),
    Item(
        id="Q2.5",
        stem=(
            "`HuberLoss(delta=2)` is replaced by `SmoothL1Loss(beta=2)`; the "
            "learning rate stays. How large are the steps of gradient "
            "descent now?"
        ),
        right=Option(
            "half as large",
            "Smooth L1 is Huber divided by β, and dividing a loss by 2 "
            "divides each gradient, and so each step, by 2.",
        ),
        distractors=(
            Option(
                "the same size",
                "The two curves have the same shape but not the same scale: "
                "Huber's tails have the slope δ = 2, smooth L1's the slope 1.",
                "M15",
            ),
            Option(
                "twice as large",
                "The factor is right, but on the other side: the loss is "
                "divided by β = 2, so its gradient shrinks.",
                "smooth L1 is Huber times β",
            ),
            Option(
                "in another direction",
                "All gradients change by the same factor, 1/δ, so their sum "
                "keeps its direction; only its length changes.",
                "the two losses weigh points differently",
            ),
        ),
        section="2.4",
    ),
    Item(
        id="Q2.6",
        stem=(
            "A network predicts a mean and a spread σ(x), trained with the "
            "Gaussian negative log-likelihood. Where does σ(x) become large?"
        ),
        right=Option(
            "where targets scatter widely",
            "The variance σ² settles at the mean squared residual near x, so "
            "it measures how far targets lie from the predicted mean.",
        ),
        distractors=(
            Option(
                "where few examples were seen",
                "That would be what the model does not know. Nothing in this "
                "loss rewards a large σ where there are no targets at all.",
                "M17",
            ),
            Option(
                "where the input x is large",
                "In the demonstration the noise happens to grow with x. The "
                "loss itself looks at residuals, never at the size of x.",
                "an example is taken for the rule",
            ),
            Option(
                "only where the mean is biased",
                "A wrong mean does make residuals, and so σ, larger. But with "
                "the right mean, scattered targets still need a large σ.",
                "spread and bias are the same thing",
            ),
        ),
        section="2.8",
    ),
)
