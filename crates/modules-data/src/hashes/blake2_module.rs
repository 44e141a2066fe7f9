//! `_blake2`.

use super::blake2::{Blake2b, Blake2s, Parameters};
use super::{data_of, input};
use object::{Guarded, Payload};
use runtime::buffer::BytesLike;
use runtime::protocols::number;
use runtime::types::bytes::{self, hex};
use runtime::types::int;
use runtime::types::str::Str;
use runtime::types::type_::{alloc_instance, ready_static};
use runtime::{Module, Obj, Py, PyClass, PyResult, Thread, Type};

/// An integer that must not be negative and must fit in 64 bits.
fn unsigned(th: &Thread, o: Option<&Obj>, c_type: &str) -> PyResult<u64> {
    let Some(o) = o else { return Ok(0) };
    let i = number::index(th, o)?;
    if int::is_negative(&i) {
        return Err(th.value_error("Cannot convert negative int"));
    }
    int::to_i128(&i)
        .and_then(|i| u64::try_from(i).ok())
        .ok_or_else(|| th.overflow_error(format!("Python int too large for C {c_type}")))
}

/// A byte of the parameters between bounds.
fn small(th: &Thread, value: Option<i32>, default: i32, least: i32, name: &str) -> PyResult<u8> {
    let value = value.unwrap_or(default);
    if !(least..=255).contains(&value) {
        return Err(th.value_error(format!("{name} must be between {least} and 255")));
    }
    Ok(value as u8)
}

macro_rules! blake2_type {
    ($ty:ident $state:ident $py:literal $shown:literal) => {
        #[doc = concat!("A running ", $shown, " digest.")]
        #[macros::pyclass(name = $py, module = "_blake2", doc = concat!("Return a new ", $shown, " hash object."))]
        pub(crate) struct $ty {
            state: Guarded<$state>,
        }

        impl Payload for $ty {}

        #[macros::pymethods]
        impl $ty {
            #[new(
                name = $py,
                sig = "(data=b'', *, digest_size=64, key=b'', salt=b'', person=b'', fanout=1, depth=1, leaf_size=0, node_offset=0, node_depth=0, inner_size=0, last_node=False, usedforsecurity=True, string=None)",
                text = concat!(
                    "(data=b'', *, digest_size=_blake2.", $py, ".MAX_DIGEST_SIZE,\n        key=b'', salt=b'', person=b'', fanout=1, depth=1, leaf_size=0,\n        node_offset=0, node_depth=0, inner_size=0, last_node=False,\n        usedforsecurity=True, string=None)"
                )
            )]
            #[expect(clippy::too_many_arguments, reason = "as CPython has them")]
            fn new(
                th: &Thread,
                cls: &Py<Type>,
                data: Option<&Obj>,
                digest_size: Option<i32>,
                key: Option<BytesLike<'_>>,
                salt: Option<BytesLike<'_>>,
                person: Option<BytesLike<'_>>,
                fanout: Option<i32>,
                depth: Option<i32>,
                leaf_size: Option<&Obj>,
                node_offset: Option<&Obj>,
                node_depth: Option<i32>,
                inner_size: Option<i32>,
                last_node: Option<bool>,
                _usedforsecurity: Option<bool>,
                string: Option<&Obj>,
            ) -> PyResult<Obj> {
                let most = $state::DIGEST as i32;
                let digest_size = digest_size.unwrap_or(most);
                let data = data_of(th, data, string)?;
                if !(1..=most).contains(&digest_size) {
                    return Err(th.value_error(format!(
                        "digest_size for {} must be between 1 and {most} bytes, here it is {digest_size}",
                        $shown
                    )));
                }
                let bounded = |b: &Option<BytesLike<'_>>, most: usize, name: &str| {
                    let b = b.as_ref().map(|b| b.as_slice().to_vec()).unwrap_or_default();
                    if b.len() > most {
                        return Err(th.value_error(format!("maximum {name} length is {most} bytes")));
                    }
                    Ok(b)
                };
                let salt = bounded(&salt, $state::SALT, "salt")?;
                let person = bounded(&person, $state::SALT, "person")?;
                let fanout = small(th, fanout, 1, 0, "fanout")?;
                let depth = small(th, depth, 1, 1, "depth")?;
                let leaf_size = u32::try_from(unsigned(th, leaf_size, "unsigned long")?)
                    .map_err(|_| th.overflow_error("leaf_size is too large"))?;
                let node_offset = unsigned(th, node_offset, "unsigned long long")?;
                if $state::OFFSET < 8 && node_offset >> (8 * $state::OFFSET % 64) != 0 {
                    return Err(th.overflow_error("node_offset is too large"));
                }
                let node_depth = small(th, node_depth, 0, 0, "node_depth")?;
                let inner_size = inner_size.unwrap_or(0);
                if !(0..=most).contains(&inner_size) {
                    return Err(th.value_error(format!("inner_size must be between 0 and is {most}")));
                }
                let key = bounded(&key, $state::DIGEST, "key")?;
                let mut state = $state::new(&Parameters {
                    digest_size: digest_size as usize,
                    key: &key,
                    salt: &salt,
                    person: &person,
                    fanout,
                    depth,
                    leaf_size,
                    node_offset,
                    node_depth,
                    inner_size: inner_size as u8,
                    last_node: last_node.unwrap_or(false),
                });
                if let Some(data) = &data {
                    state.update(data.as_slice());
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
                slf.state.lock().update(data.as_slice());
                Ok(())
            }

            /// Return the digest value as a bytes object.
            #[pymethod(sig = "($self, /)")]
            fn digest(_th: &Thread, slf: &Py<$ty>) -> Obj {
                bytes::new(&slf.state.lock().digest()).into_obj()
            }

            /// Return the digest value as a string of hexadecimal digits.
            #[pymethod(sig = "($self, /)")]
            fn hexdigest(th: &Thread, slf: &Py<$ty>) -> PyResult<Py<Str>> {
                hex(th, &slf.state.lock().digest())
            }

            #[getter]
            fn name(_th: &Thread, _slf: &Py<$ty>) -> &'static str {
                $py
            }

            #[getter]
            fn block_size(_th: &Thread, _slf: &Py<$ty>) -> usize {
                $state::BLOCK
            }

            #[getter]
            fn digest_size(_th: &Thread, slf: &Py<$ty>) -> usize {
                slf.state.lock().digest_size()
            }
        }
    };
}

blake2_type!(Blake2bType Blake2b "blake2b" "BLAKE2b");
blake2_type!(Blake2sType Blake2s "blake2s" "BLAKE2s");

/// The module `_blake2`.
#[macros::pymodule(name = "_blake2", exec = exec, doc = "_blake2b provides BLAKE2b for hashlib\n")]
pub(crate) struct Blake2;

fn exec(_th: &Thread, m: &Py<Module>) -> PyResult<()> {
    m.add("_GIL_MINSIZE", Obj::small_int(2048));
    let types = [
        (Blake2bType::TYPE, "BLAKE2B", Blake2b::DIGEST, Blake2b::SALT),
        (Blake2sType::TYPE, "BLAKE2S", Blake2s::DIGEST, Blake2s::SALT),
    ];
    for (ty, prefix, digest, salt) in types {
        ready_static(ty);
        m.add(&ty.short_name(), ty.to_obj());
        let sizes = [("SALT_SIZE", salt), ("PERSON_SIZE", salt), ("MAX_KEY_SIZE", digest), ("MAX_DIGEST_SIZE", digest)];
        let namespace = ty.namespace();
        for (name, size) in sizes {
            let size = Obj::small_int(size as i32);
            namespace.insert_str(&runtime::types::str::intern(name), size.clone());
            m.add(&format!("{prefix}_{name}"), size);
        }
        ty.modified();
    }
    Ok(())
}

#[macros::pymethods]
impl Blake2 {}
