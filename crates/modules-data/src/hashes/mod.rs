//! `_sha2`, `_sha1`, `_md5`, `_sha3` and `_blake2`: message digests.

mod blake2;
mod blake2_module;
mod sha3_module;

pub(crate) use blake2_module::Blake2;
pub(crate) use sha3_module::Sha3;

use object::{Guarded, Payload};
use runtime::buffer::{self, BytesLike};
use runtime::types::bytes::{self, hex};
use runtime::types::str::Str;
use runtime::types::type_::{alloc_instance, ready_static};
use runtime::{Module, Obj, ObjExt, Py, PyClass, PyResult, Thread, TypeObject};
use sha2::Digest;

/// The data of a constructor: `data`, or the older `string`.
fn data_of<'a>(th: &Thread, data: Option<&'a Obj>, string: Option<&'a Obj>) -> PyResult<Option<BytesLike<'a>>> {
    let string = string.filter(|s| !s.is_none());
    if data.is_some() && string.is_some() {
        return Err(th.type_error("'data' and 'string' are mutually exclusive and support for 'string' keyword parameter is slated for removal in a future version."));
    }
    data.or(string).map(|o| input(th, o)).transpose()
}

/// Bytes to be hashed; text must be encoded first.
fn input<'a>(th: &Thread, o: &'a Obj) -> PyResult<BytesLike<'a>> {
    if o.downcast::<Str>().is_some() {
        return Err(th.type_error("Strings must be encoded before hashing"));
    }
    if !buffer::is_exporter(o) {
        return Err(th.type_error("object supporting the buffer API required"));
    }
    BytesLike::new(th, o)
}

macro_rules! hash_type {
    ($name:ident $module:literal $ty:literal $algorithm:ty, $shown:literal, $size:literal, $block:literal) => {
        #[doc = concat!("A running ", $shown, " digest.")]
        #[macros::pyclass(name = $ty, module = $module, flags = DISALLOW_INSTANTIATION)]
        pub(crate) struct $name {
            state: Guarded<$algorithm>,
        }

        impl Payload for $name {}

        impl $name {
            fn make(th: &Thread, data: Option<&Obj>, string: Option<&Obj>) -> PyResult<Obj> {
                let mut state = <$algorithm>::new();
                if let Some(data) = data_of(th, data, string)? {
                    state.update(data.as_slice());
                }
                Ok($name::around(th, state))
            }

            fn around(th: &Thread, state: $algorithm) -> Obj {
                alloc_instance(th, $name::TYPE, $name { state: Guarded::new(state) }).into_obj()
            }

            fn result(&self) -> impl AsRef<[u8]> + use<> {
                self.state.get().finalize()
            }
        }

        #[macros::pymethods]
        impl $name {
            /// Return a copy of the hash object.
            #[pymethod(sig = "($self, /)")]
            fn copy(th: &Thread, slf: &Py<$name>) -> Obj {
                $name::around(th, slf.state.get())
            }

            /// Return the digest value as a bytes object.
            #[pymethod(sig = "($self, /)")]
            fn digest(_th: &Thread, slf: &Py<$name>) -> Obj {
                bytes::new(slf.result().as_ref()).into_obj()
            }

            /// Return the digest value as a string of hexadecimal digits.
            #[pymethod(sig = "($self, /)")]
            fn hexdigest(th: &Thread, slf: &Py<$name>) -> PyResult<Py<Str>> {
                hex(th, slf.result().as_ref())
            }

            /// Update this hash object's state with the provided string.
            #[pymethod(sig = "($self, obj, /)")]
            fn update(th: &Thread, slf: &Py<$name>, obj: &Obj) -> PyResult<()> {
                let data = input(th, obj)?;
                slf.state.lock().update(data.as_slice());
                Ok(())
            }

            #[getter]
            fn block_size(_th: &Thread, _slf: &Py<$name>) -> i64 {
                $block
            }

            #[getter]
            fn digest_size(_th: &Thread, _slf: &Py<$name>) -> i64 {
                $size
            }

            #[getter]
            fn name(_th: &Thread, _slf: &Py<$name>) -> &'static str {
                $shown
            }
        }
    };
}

hash_type!(Sha224Type "_sha2" "SHA224Type" sha2::Sha224, "sha224", 28, 64);
hash_type!(Sha256Type "_sha2" "SHA256Type" sha2::Sha256, "sha256", 32, 64);
hash_type!(Sha384Type "_sha2" "SHA384Type" sha2::Sha384, "sha384", 48, 128);
hash_type!(Sha512Type "_sha2" "SHA512Type" sha2::Sha512, "sha512", 64, 128);
hash_type!(Sha1Type "_sha1" "sha1" sha1::Sha1, "sha1", 20, 64);
hash_type!(Md5Type "_md5" "md5" md5::Md5, "md5", 16, 64);

/// The name under which a module shows a type: `SHA256Type`, `MD5Type`.
fn type_attribute(ty: &TypeObject) -> String {
    let name = ty.short_name();
    if name.ends_with("Type") { name } else { format!("{}Type", name.to_uppercase()) }
}

macro_rules! hash_module {
    ($module:ident $py:literal $exec:ident: $($name:ident $ty:ident),*) => {
        #[doc = concat!("The module `", $py, "`.")]
        #[macros::pymodule(name = $py, exec = $exec)]
        pub(crate) struct $module;

        fn $exec(_th: &Thread, m: &Py<Module>) -> PyResult<()> {
            m.add("_GIL_MINSIZE", Obj::small_int(2048));
            $(ready_static($ty::TYPE);)*
            $(m.add(&type_attribute($ty::TYPE), $ty::TYPE.to_obj());)*
            Ok(())
        }

        #[macros::pymethods]
        impl $module {
            $(
                /// Return a new hash object; optionally initialized with a string.
                #[pyfunction(sig = "($module, /, data=b'', *, usedforsecurity=True, string=None)")]
                fn $name(th: &Thread, data: Option<&Obj>, _usedforsecurity: Option<bool>, string: Option<&Obj>) -> PyResult<Obj> {
                    $ty::make(th, data, string)
                }
            )*
        }
    };
}

hash_module!(Sha2 "_sha2" sha2_exec: sha224 Sha224Type, sha256 Sha256Type, sha384 Sha384Type, sha512 Sha512Type);
hash_module!(Sha1 "_sha1" sha1_exec: sha1 Sha1Type);
hash_module!(Md5 "_md5" md5_exec: md5 Md5Type);
