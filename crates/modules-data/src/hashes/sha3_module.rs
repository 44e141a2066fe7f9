//! `_sha3`: SHA-3 digests and the SHAKE functions.

use super::{data_of, input};
use object::{Guarded, Payload};
use runtime::protocols::number;
use runtime::types::bytes::{self, hex};
use runtime::types::int;
use runtime::types::str::Str;
use runtime::types::type_::{alloc_instance, ready_static};
use runtime::{Module, Obj, Py, PyClass, PyResult, Thread, Type};
use sha3::digest::{Digest, ExtendableOutput, Update, XofReader};

/// The longest output of a SHAKE function.
const LONGEST: u64 = 1 << 29;

fn length_of(th: &Thread, length: &Obj) -> PyResult<usize> {
    let length = number::index(th, length)?;
    if int::is_negative(&length) {
        return Err(th.value_error("Cannot convert negative int"));
    }
    match int::to_i128(&length).and_then(|n| u64::try_from(n).ok()) {
        Some(n) if n < LONGEST => Ok(n as usize),
        Some(_) => Err(th.value_error("length is too large")),
        None => Err(th.overflow_error("Python int too large for C unsigned long")),
    }
}

macro_rules! shared {
    ($ty:ident $py:literal $state:ty, $size:literal, $capacity:expr, $suffix:literal, $doc:expr, $methods:ident) => {
        #[doc = concat!("A running ", $py, ".")]
        #[macros::pyclass(name = $py, module = "_sha3", methods(METHODS, $methods), doc = $doc)]
        pub(crate) struct $ty {
            state: Guarded<$state>,
        }

        impl Payload for $ty {}

        #[macros::pymethods]
        impl $ty {
            #[new(name = $py, hidden, sig = "(data=b'', *, usedforsecurity=True, string=None)")]
            fn new(
                th: &Thread,
                cls: &Py<Type>,
                data: Option<&Obj>,
                _usedforsecurity: Option<bool>,
                string: Option<&Obj>,
            ) -> PyResult<Obj> {
                let mut state = <$state>::default();
                if let Some(data) = data_of(th, data, string)? {
                    Update::update(&mut state, data.as_slice());
                }
                Ok(alloc_instance(th, cls.as_object(), $ty { state: Guarded::new(state) }).into_obj())
            }

            /// Return a copy of the hash object.
            #[pymethod(sig = "($self, /)")]
            fn copy(th: &Thread, slf: &Py<$ty>) -> Obj {
                alloc_instance(th, $ty::TYPE, $ty { state: Guarded::new(slf.state.get()) }).into_obj()
            }

            /// Update this hash object's state with the provided bytes-like object.
            #[pymethod(sig = "($self, data, /)")]
            fn update(th: &Thread, slf: &Py<$ty>, data: &Obj) -> PyResult<()> {
                let data = input(th, data)?;
                Update::update(&mut *slf.state.lock(), data.as_slice());
                Ok(())
            }

            #[getter]
            fn block_size(_th: &Thread, _slf: &Py<$ty>) -> i64 {
                200 - $capacity / 8
            }

            #[getter]
            fn name(_th: &Thread, _slf: &Py<$ty>) -> &'static str {
                $py
            }

            #[getter]
            fn digest_size(_th: &Thread, _slf: &Py<$ty>) -> i64 {
                $size
            }

            #[getter]
            fn _capacity_bits(_th: &Thread, _slf: &Py<$ty>) -> i64 {
                $capacity
            }

            #[getter]
            fn _rate_bits(_th: &Thread, _slf: &Py<$ty>) -> i64 {
                1600 - $capacity
            }

            #[getter]
            fn _suffix(_th: &Thread, _slf: &Py<$ty>) -> Obj {
                bytes::new(&[$suffix]).into_obj()
            }
        }
    };
}

macro_rules! sha3_type {
    ($ty:ident $py:literal $state:ty, $size:literal) => {
        shared!($ty $py $state, $size, (16 * $size), 0x06, concat!(
            $py, "([data], *, usedforsecurity=True) -> SHA3 object\n\nReturn a new SHA3 hash object with a hashbit length of ",
            $size, " bytes."
        ), FIXED);

        #[macros::pymethods(FIXED)]
        impl $ty {
            /// Return the digest value as a bytes object.
            #[pymethod(sig = "($self, /)")]
            fn digest(_th: &Thread, slf: &Py<$ty>) -> Obj {
                bytes::new(&slf.state.get().finalize()).into_obj()
            }

            /// Return the digest value as a string of hexadecimal digits.
            #[pymethod(sig = "($self, /)")]
            fn hexdigest(th: &Thread, slf: &Py<$ty>) -> PyResult<Py<Str>> {
                hex(th, &slf.state.get().finalize())
            }
        }
    };
}

macro_rules! shake_type {
    ($ty:ident $py:literal $state:ty, $capacity:literal) => {
        shared!($ty $py $state, 0, $capacity, 0x1f, concat!(
            $py, "([data], *, usedforsecurity=True) -> SHAKE object\n\nReturn a new SHAKE hash object."
        ), EXTENDED);

        impl $ty {
            fn output(th: &Thread, slf: &Py<$ty>, length: &Obj) -> PyResult<Vec<u8>> {
                let mut out = vec![0; length_of(th, length)?];
                slf.state.get().finalize_xof().read(&mut out);
                Ok(out)
            }
        }

        #[macros::pymethods(EXTENDED)]
        impl $ty {
            /// Return the digest value as a bytes object.
            #[pymethod(sig = "($self, /, length)")]
            fn digest(th: &Thread, slf: &Py<$ty>, length: &Obj) -> PyResult<Obj> {
                Ok(bytes::new(&$ty::output(th, slf, length)?).into_obj())
            }

            /// Return the digest value as a string of hexadecimal digits.
            #[pymethod(sig = "($self, /, length)")]
            fn hexdigest(th: &Thread, slf: &Py<$ty>, length: &Obj) -> PyResult<Py<Str>> {
                hex(th, &$ty::output(th, slf, length)?)
            }
        }
    };
}

sha3_type!(Sha3x224 "sha3_224" sha3::Sha3_224, 28);
sha3_type!(Sha3x256 "sha3_256" sha3::Sha3_256, 32);
sha3_type!(Sha3x384 "sha3_384" sha3::Sha3_384, 48);
sha3_type!(Sha3x512 "sha3_512" sha3::Sha3_512, 64);
shake_type!(Shake128 "shake_128" sha3::Shake128, 256);
shake_type!(Shake256 "shake_256" sha3::Shake256, 512);

/// The module `_sha3`.
#[macros::pymodule(name = "_sha3", exec = exec)]
pub(crate) struct Sha3;

fn exec(_th: &Thread, m: &Py<Module>) -> PyResult<()> {
    m.add("_GIL_MINSIZE", Obj::small_int(2048));
    m.add("implementation", runtime::types::str::new("HACL").into_obj());
    let types = [Sha3x224::TYPE, Sha3x256::TYPE, Sha3x384::TYPE, Sha3x512::TYPE, Shake128::TYPE, Shake256::TYPE];
    for ty in types {
        ready_static(ty);
        m.add(&ty.short_name(), ty.to_obj());
    }
    Ok(())
}

#[macros::pymethods]
impl Sha3 {}
