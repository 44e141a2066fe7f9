//! The exception classes.
//!
//! DESIGN: exceptions
//!
//! All classes share one payload, [`BaseException`]: what every exception has, and the fields of its class by number (`errno`, `msg`, …; the file of a class names
//! its numbers). So a class may derive from several exception classes, and native code needs no second cast. Classes with fields of their own still count
//! as different native bases, as their C structs do in CPython: `class A(OSError, SyntaxError)` is a layout conflict.

mod attributed;
mod base;
mod classes;
mod defined;
mod group;
mod matching;
mod message;
mod os_error;
mod raising;
mod star;
mod syntax_error;
mod unicode_error;

pub(crate) use attributed::new_attribute_error;
pub use attributed::{import_error, set_attribute_error_context, set_name_error_name, stop_iteration_value, system_exit_code};
pub use base::{BaseException, as_exception};
pub(crate) use base::{make_plain, shows_new};
pub use classes::*;
pub use defined::{define, defined, raise_defined};
pub use group::{new_group, split_by_type};
pub use matching::{check_except_star_type, check_except_type, exception_group_match, exception_matches};
pub use message::{Part, concat};
pub use os_error::{characters_written, class_for_errno, errno_of, os_error, os_error_io, strerror};
pub use raising::{
    instantiate, is_exception_class, new_class, new_of_type, new_with_args, normalize, raise_from, set_implicit_context,
};
pub use star::prep_reraise_star;
pub use syntax_error::{
    SyntaxErrorInfo, located_syntax_error, set_syntax_error_metadata, syntax_error, syntax_error_without_end,
};
pub use unicode_error::{unicode_decode_error, unicode_encode_error, unicode_translate_error};
