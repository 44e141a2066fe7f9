//! What native modules that call the system share: arguments, paths, spans of time, calls that signals interrupt.

pub mod arguments;
pub mod calls;
pub mod duration;
pub mod path;
