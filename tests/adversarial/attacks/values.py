"""Attacks by what a function returns: values that lie about themselves."""

from adversarial.attacks.base import in_functions

# Agrees with everything it is compared to.
SAME = """
class Same:
    __hash__ = None
    __array_priority__ = 10**9
    dtype = np.dtype(float)
    shape = ()
    ndim = 0
    def _yes(self, *args, **kwargs):
        return True
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _yes
    def __array_function__(self, *args):
        return True
    def __array_ufunc__(self, *args, **kwargs):
        return True
    @classmethod
    def __torch_function__(cls, *args, **kwargs):
        return True
    def __sub__(self, other):
        return 0.0
    __rsub__ = __sub__
    def __abs__(self):
        return 0.0
    def __float__(self):
        return 0.0
    def __bool__(self):
        return True
    def __iter__(self):
        return iter([self])
    def __len__(self):
        return 1
    def __getattr__(self, name):
        return self
    def __call__(self, *args, **kwargs):
        return self
"""

ATTACKS = [
    in_functions(
        "an object equal to everything", "return Same()", SAME, torch=True
    ),
    in_functions("a list of such objects", "return [Same()] * 3", SAME),
    in_functions(
        "an array whose methods lie",
        """
class Liar(np.ndarray):
    def __eq__(self, other):
        return np.True_
    def __array_ufunc__(self, *args, **kwargs):
        return np.True_
    def astype(self, *args, **kwargs):
        return self
    @property
    def shape(self):
        return np.shape(args[0])
return np.zeros(3).view(Liar)
""",
        torch=True,
    ),
    in_functions(
        "a number whose class lies",
        """
class Number(float):
    __class__ = np.ndarray
    def __eq__(self, other):
        return True
    def detach(self):
        return self
    cpu = numpy = detach
return Number(-1.0)
""",
    ),
    in_functions(
        "an array made anew at each look",
        """
class Moving:
    looks = 0
    def __array__(self, *args, **kwargs):
        Moving.looks += 1
        return np.full(np.shape(args[0] if args else 0), float(self.looks))
return Moving()
""",
    ),
    in_functions(
        "an array in memory that is not there",
        """
class Nowhere:
    __array_interface__ = {
        "version": 3, "typestr": "<f8", "shape": (1000,),
        "data": (0xdeadbeef000, False),
    }
return Nowhere()
""",
    ),
    in_functions(
        "a value that changes while it is sent",
        """
import threading
value = np.zeros(np.shape(args[0]) if args else ())
def change():
    while True:
        value[...] = np.random.normal(size=value.shape)
threading.Thread(target=change, daemon=True).start()
return value
""",
    ),
    in_functions(
        "its arguments, changed in place",
        """
for argument in args:
    try:
        argument[...] = 0.0
    except Exception:
        pass
return args[0] if args else 0.0
""",
        torch=True,
    ),
    in_functions(
        "nan everywhere",
        "return np.full(np.shape(args[0]) if args else (), np.nan)",
    ),
    in_functions(
        "inf everywhere",
        "return np.full(np.shape(args[0]) if args else (), np.inf)",
    ),
    in_functions(
        "zeros in 16 bits",
        "return np.zeros(np.shape(args[0]) if args else (), dtype=np.float16)",
    ),
    in_functions("an empty array that broadcasts", "return np.empty((0,))"),
    in_functions(
        "a row of empty arrays", "return np.empty((1, 0)), np.empty((0, 1))"
    ),
    in_functions(
        "a masked array",
        "return np.ma.masked_all(np.shape(args[0] if args else 0))",
    ),
    in_functions(
        "a table of fields",
        "return np.zeros(3, dtype=[('value', float), ('points', float)])",
    ),
    in_functions("the name of a right function", "return NAME"),
    in_functions(
        "a word equal to every word",
        """
class Word(str):
    def __eq__(self, other):
        return True
    def __hash__(self):
        return 0
    def isidentifier(self):
        return True
raise type(Word("ValueError"), (Exception,), {})(Word("points: 40"))
""",
    ),
    in_functions(
        "an exception for everything",
        """
class Mine(ValueError, ArithmeticError, LookupError):
    pass
raise Mine("expected")
""",
    ),
    in_functions(
        "an exception that pretends to be ours",
        """
class SandboxError(RuntimeError):
    pass
raise SandboxError("no sandbox was started: bwrap is missing")
""",
    ),
    in_functions(
        "an exception called NotImplementedError", "raise NotImplementedError"
    ),
    in_functions(
        "a generator of every value",
        "return (value for value in range(10**9))",
    ),
    in_functions(
        "a tensor without numbers",
        """
import torch
return torch.empty(np.shape(args[0]) if args else (), device="meta")
""",
        torch=True,
    ),
    in_functions(
        "a gradient made up",
        """
import torch
class Made(torch.autograd.Function):
    @staticmethod
    def forward(context, x):
        return x.sum() * 0 - 1.0
    @staticmethod
    def backward(context, gradient):
        return gradient * 0
return Made.apply(args[0]) if hasattr(args[0], "detach") else -1.0
""",
        torch=True,
    ),
]
