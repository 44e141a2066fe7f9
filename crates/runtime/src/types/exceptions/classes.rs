//! The one table of exception classes: name, base, number of fields of its own layout, native methods, docstring.

use super::attributed::{
    AttributeErrorClass, ImportErrorClass, KeyErrorClass, NameErrorClass, StopIterationClass, SystemExitClass,
};
use super::base::BaseException;
use super::group::ExceptionGroupClass;
use super::os_error::OsErrorClass;
use super::syntax_error::SyntaxErrorClass;
use super::unicode_error::{self, UnicodeDecodeClass, UnicodeEncodeClass, UnicodeTranslateClass};
use crate::native::{PyClass, TypeSpec};
use crate::types::type_::{Type, TypeObject, WeakType, flags, ready_static};
use crate::types::{object as pyobject, tuple};

/// One exception class.
pub struct ExceptionClass {
    pub ty: &'static TypeObject,
    /// Fields that make the class's layout its own; 0 for a class laid out as its base.
    pub fields: usize,
}

const FLAGS: u64 = flags::BASETYPE | flags::HAVE_GC | flags::MANAGED_DICT | flags::BASE_EXC_SUBCLASS;

macro_rules! exceptions {
    ($($konst:ident $name:literal ($base:expr) $fields:literal [$($table:expr),*] $doc:expr;)*) => {
        $(
            #[doc = concat!("`", $name, "`.")]
            pub const $konst: &TypeObject = {
                static SPEC: TypeSpec = TypeSpec {
                    name: $name,
                    module: "builtins",
                    doc: $doc,
                    base: Some(&$base),
                    methods: &[$(&$table),*],
                };
                static TYPE: TypeObject = Type::new_static::<BaseException>(&SPEC, <Type as PyClass>::TYPE, FLAGS);
                &TYPE
            };
        )*
        /// All classes, bases first.
        pub static ALL: &[ExceptionClass] = &[$(ExceptionClass { ty: $konst, fields: $fields }),*];
    };
}

exceptions! {
    BASE_EXCEPTION "BaseException" (pyobject::OBJECT_TYPE) 1 [BaseException::METHODS, BaseException::ATTRIBUTES] Some("Common base class for all exceptions");
    BASE_EXCEPTION_GROUP "BaseExceptionGroup" (BASE_EXCEPTION) 3 [ExceptionGroupClass::METHODS] Some("A combination of multiple unrelated exceptions.");
    EXCEPTION "Exception" (BASE_EXCEPTION) 0 [] Some("Common base class for all non-exit exceptions.");
    EXCEPTION_GROUP "ExceptionGroup" (BASE_EXCEPTION_GROUP) 0 [] None;
    ARITHMETIC_ERROR "ArithmeticError" (EXCEPTION) 0 [] Some("Base class for arithmetic errors.");
    FLOATING_POINT_ERROR "FloatingPointError" (ARITHMETIC_ERROR) 0 [] Some("Floating-point operation failed.");
    OVERFLOW_ERROR "OverflowError" (ARITHMETIC_ERROR) 0 [] Some("Result too large to be represented.");
    ZERO_DIVISION_ERROR "ZeroDivisionError" (ARITHMETIC_ERROR) 0 [] Some("Second argument to a division or modulo operation was zero.");
    ASSERTION_ERROR "AssertionError" (EXCEPTION) 0 [] Some("Assertion failed.");
    ATTRIBUTE_ERROR "AttributeError" (EXCEPTION) 2 [AttributeErrorClass::METHODS, AttributeErrorClass::FIELDS] Some("Attribute not found.");
    BUFFER_ERROR "BufferError" (EXCEPTION) 0 [] Some("Buffer error.");
    EOF_ERROR "EOFError" (EXCEPTION) 0 [] Some("Read beyond end of file.");
    IMPORT_ERROR "ImportError" (EXCEPTION) 4 [ImportErrorClass::METHODS, ImportErrorClass::FIELDS] Some("Import can't find module, or can't find name in module.");
    MODULE_NOT_FOUND_ERROR "ModuleNotFoundError" (IMPORT_ERROR) 0 [] Some("Module not found.");
    LOOKUP_ERROR "LookupError" (EXCEPTION) 0 [] Some("Base class for lookup errors.");
    INDEX_ERROR "IndexError" (LOOKUP_ERROR) 0 [] Some("Sequence index out of range.");
    KEY_ERROR "KeyError" (LOOKUP_ERROR) 0 [KeyErrorClass::METHODS] Some("Mapping key not found.");
    MEMORY_ERROR "MemoryError" (EXCEPTION) 0 [] Some("Out of memory.");
    NAME_ERROR "NameError" (EXCEPTION) 1 [NameErrorClass::METHODS, NameErrorClass::FIELDS] Some("Name not found globally.");
    UNBOUND_LOCAL_ERROR "UnboundLocalError" (NAME_ERROR) 0 [] Some("Local name referenced but not bound to a value.");
    OS_ERROR "OSError" (EXCEPTION) 5 [OsErrorClass::METHODS, OsErrorClass::FIELDS] Some("Base class for I/O related errors.");
    BLOCKING_IO_ERROR "BlockingIOError" (OS_ERROR) 0 [] Some("I/O operation would block.");
    CHILD_PROCESS_ERROR "ChildProcessError" (OS_ERROR) 0 [] Some("Child process error.");
    CONNECTION_ERROR "ConnectionError" (OS_ERROR) 0 [] Some("Connection error.");
    BROKEN_PIPE_ERROR "BrokenPipeError" (CONNECTION_ERROR) 0 [] Some("Broken pipe.");
    CONNECTION_ABORTED_ERROR "ConnectionAbortedError" (CONNECTION_ERROR) 0 [] Some("Connection aborted.");
    CONNECTION_REFUSED_ERROR "ConnectionRefusedError" (CONNECTION_ERROR) 0 [] Some("Connection refused.");
    CONNECTION_RESET_ERROR "ConnectionResetError" (CONNECTION_ERROR) 0 [] Some("Connection reset.");
    FILE_EXISTS_ERROR "FileExistsError" (OS_ERROR) 0 [] Some("File already exists.");
    FILE_NOT_FOUND_ERROR "FileNotFoundError" (OS_ERROR) 0 [] Some("File not found.");
    INTERRUPTED_ERROR "InterruptedError" (OS_ERROR) 0 [] Some("Interrupted by signal.");
    IS_A_DIRECTORY_ERROR "IsADirectoryError" (OS_ERROR) 0 [] Some("Operation doesn't work on directories.");
    NOT_A_DIRECTORY_ERROR "NotADirectoryError" (OS_ERROR) 0 [] Some("Operation only works on directories.");
    PERMISSION_ERROR "PermissionError" (OS_ERROR) 0 [] Some("Not enough permissions.");
    PROCESS_LOOKUP_ERROR "ProcessLookupError" (OS_ERROR) 0 [] Some("Process not found.");
    TIMEOUT_ERROR "TimeoutError" (OS_ERROR) 0 [] Some("Timeout expired.");
    REFERENCE_ERROR "ReferenceError" (EXCEPTION) 0 [] Some("Weak ref proxy used after referent went away.");
    RUNTIME_ERROR "RuntimeError" (EXCEPTION) 0 [] Some("Unspecified run-time error.");
    NOT_IMPLEMENTED_ERROR "NotImplementedError" (RUNTIME_ERROR) 0 [] Some("Method or function hasn't been implemented yet.");
    PYTHON_FINALIZATION_ERROR "PythonFinalizationError" (RUNTIME_ERROR) 0 [] Some("Operation blocked during Python finalization.");
    RECURSION_ERROR "RecursionError" (RUNTIME_ERROR) 0 [] Some("Recursion limit exceeded.");
    STOP_ASYNC_ITERATION "StopAsyncIteration" (EXCEPTION) 0 [] Some("Signal the end from iterator.__anext__().");
    STOP_ITERATION "StopIteration" (EXCEPTION) 1 [StopIterationClass::METHODS, StopIterationClass::FIELDS] Some("Signal the end from iterator.__next__().");
    SYNTAX_ERROR "SyntaxError" (EXCEPTION) 9 [SyntaxErrorClass::METHODS, SyntaxErrorClass::FIELDS] Some("Invalid syntax.");
    INDENTATION_ERROR "IndentationError" (SYNTAX_ERROR) 0 [] Some("Improper indentation.");
    TAB_ERROR "TabError" (INDENTATION_ERROR) 0 [] Some("Improper mixture of spaces and tabs.");
    INCOMPLETE_INPUT_ERROR "_IncompleteInputError" (SYNTAX_ERROR) 0 [] Some("incomplete input.");
    SYSTEM_ERROR "SystemError" (EXCEPTION) 0 [] Some("Internal error in the Python interpreter.\n\nPlease report this to the Python maintainer, along with the traceback,\nthe Python version, and the hardware/OS platform and version.");
    TYPE_ERROR "TypeError" (EXCEPTION) 0 [] Some("Inappropriate argument type.");
    VALUE_ERROR "ValueError" (EXCEPTION) 0 [] Some("Inappropriate argument value (of correct type).");
    UNICODE_ERROR "UnicodeError" (VALUE_ERROR) 0 [] Some("Unicode related error.");
    UNICODE_DECODE_ERROR "UnicodeDecodeError" (UNICODE_ERROR) 5 [UnicodeDecodeClass::METHODS, unicode_error::FIELDS, unicode_error::POSITIONS] Some("Unicode decoding error.");
    UNICODE_ENCODE_ERROR "UnicodeEncodeError" (UNICODE_ERROR) 5 [UnicodeEncodeClass::METHODS, unicode_error::FIELDS, unicode_error::POSITIONS] Some("Unicode encoding error.");
    UNICODE_TRANSLATE_ERROR "UnicodeTranslateError" (UNICODE_ERROR) 5 [UnicodeTranslateClass::METHODS, unicode_error::FIELDS, unicode_error::POSITIONS] Some("Unicode translation error.");
    WARNING "Warning" (EXCEPTION) 0 [] Some("Base class for warning categories.");
    BYTES_WARNING "BytesWarning" (WARNING) 0 [] Some("Base class for warnings about bytes and buffer related problems, mostly\nrelated to conversion from str or comparing to str.");
    DEPRECATION_WARNING "DeprecationWarning" (WARNING) 0 [] Some("Base class for warnings about deprecated features.");
    ENCODING_WARNING "EncodingWarning" (WARNING) 0 [] Some("Base class for warnings about encodings.");
    FUTURE_WARNING "FutureWarning" (WARNING) 0 [] Some("Base class for warnings about constructs that will change semantically\nin the future.");
    IMPORT_WARNING "ImportWarning" (WARNING) 0 [] Some("Base class for warnings about probable mistakes in module imports");
    PENDING_DEPRECATION_WARNING "PendingDeprecationWarning" (WARNING) 0 [] Some("Base class for warnings about features which will be deprecated\nin the future.");
    RESOURCE_WARNING "ResourceWarning" (WARNING) 0 [] Some("Base class for warnings about resource usage.");
    RUNTIME_WARNING "RuntimeWarning" (WARNING) 0 [] Some("Base class for warnings about dubious runtime behavior.");
    SYNTAX_WARNING "SyntaxWarning" (WARNING) 0 [] Some("Base class for warnings about dubious syntax.");
    UNICODE_WARNING "UnicodeWarning" (WARNING) 0 [] Some("Base class for warnings about Unicode related problems, mostly\nrelated to conversion problems.");
    USER_WARNING "UserWarning" (WARNING) 0 [] Some("Base class for warnings generated by user code.");
    GENERATOR_EXIT "GeneratorExit" (BASE_EXCEPTION) 0 [] Some("Request that a generator exit.");
    KEYBOARD_INTERRUPT "KeyboardInterrupt" (BASE_EXCEPTION) 0 [] Some("Program interrupted by user.");
    SYSTEM_EXIT "SystemExit" (BASE_EXCEPTION) 1 [SystemExitClass::METHODS, SystemExitClass::FIELDS] Some("Request to exit from the interpreter.");
}

/// Other names under which `builtins` shows classes.
pub static ALIASES: [(&str, &TypeObject); 2] = [("EnvironmentError", OS_ERROR), ("IOError", OS_ERROR)];

/// All classes under the names that `builtins` shows.
pub fn all() -> impl Iterator<Item = (&'static str, &'static TypeObject)> {
    let own = ALL.iter().filter_map(|c| Some((c.ty.spec?.name, c.ty)));
    own.chain(ALIASES)
}

/// Makes all classes ready: bases first, native bases, and the second base of `ExceptionGroup`. Called once, before any code runs.
pub fn ready() {
    for class in ALL {
        ready_static(class.ty);
        let inherited = class.ty.base.get().and_then(|b| b.native_base.get());
        class.ty.native_base.set(if class.fields > 0 { Some(class.ty) } else { inherited });
    }
    add_second_base();
}

/// `class ExceptionGroup(BaseExceptionGroup, Exception)`.
fn add_second_base() {
    if EXCEPTION_GROUP.bases.get().is_some_and(|b| b.len() == 2) {
        return;
    }
    let object = pyobject::OBJECT_TYPE;
    let bases = tuple::from_vec(vec![BASE_EXCEPTION_GROUP.to_obj(), EXCEPTION.to_obj()]);
    let mro = [EXCEPTION_GROUP, BASE_EXCEPTION_GROUP, EXCEPTION, BASE_EXCEPTION, object];
    EXCEPTION_GROUP.bases.set(Some(bases));
    EXCEPTION_GROUP.set_mro(Some(tuple::from_vec(mro.iter().map(|t| t.to_obj()).collect())));
    EXCEPTION_GROUP.set_flags(EXCEPTION_GROUP.flags() | flags::MANAGED_WEAKREF);
    EXCEPTION.subclasses.lock().push(WeakType(EXCEPTION_GROUP));
}
