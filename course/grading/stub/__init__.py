"""What a submission sees of the course: names that do nothing.

In the sandbox this module is called `course`. Whatever a notebook imports
from it is there, can be called and used, and is false, so that cells of the
form `if check("E2.1"):` are passed over.
"""

import sys
import types
from importlib.machinery import ModuleSpec


class Nothing:
    """False, empty, and as willing as can be."""

    def __bool__(self):
        return False

    def __iter__(self):
        return iter(())

    def __len__(self):
        return 0

    def __call__(self, *args, **kwargs):
        return self

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __getitem__(self, key):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return False

    def __repr__(self):
        return "not checked here"


class _NothingModule(types.ModuleType):
    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Nothing()


class _Finder:
    """Finds every module of the course, with nothing in it."""

    # The base classes for this would load as much as NumPy does.
    def find_spec(self, name, path=None, target=None):
        if not name.startswith(f"{__name__}."):
            return None
        return ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        return _NothingModule(spec.name)

    def exec_module(self, module):
        pass


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return Nothing()


check = predict = quiz = reset = Nothing()
sys.meta_path.append(_Finder())
