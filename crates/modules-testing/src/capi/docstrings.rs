//! Functions and methods whose docstrings have signatures, none, or odd ones.

use super::TestCapi;
use object::Payload;
use runtime::types::type_::alloc_instance;
use runtime::{Args, MethodDef, MethodFlavour, MethodTable, Module, NativeCall, Obj, Py, Thread, Type, none};

const NO_SIGNATURE: Option<&str> = Some("This docstring has no signature.");
const UNREPRESENTABLE: Option<&str> = Some("This docstring has a signature with unrepresentable default.");

const fn method(
    name: &'static str,
    doc: Option<&'static str>,
    signature: Option<&'static str>,
    flavour: MethodFlavour,
    call: NativeCall,
) -> MethodDef {
    MethodDef { name, doc, signature, flavour, call }
}

const FAST: NativeCall = NativeCall::Fast(|_, _, _| Ok(none()));
const FAST_KW: NativeCall = NativeCall::FastKw(|_, _, _, _| Ok(none()));
const NOARGS: NativeCall = NativeCall::NoArgs(|_, _| Ok(none()));
const ONE: NativeCall = NativeCall::One(|_, _, _| Ok(none()));
const INSTANCE: MethodFlavour = MethodFlavour::Instance;

const fn table(methods: &'static [MethodDef]) -> MethodTable {
    MethodTable { methods, getters: &[], setters: &[], slots: |_| (), new_signature: None }
}

#[rustfmt::skip]
static FUNCTIONS: &[MethodDef] = &[
    method("docstring_empty", None, None, INSTANCE, FAST),
    method("docstring_no_signature", NO_SIGNATURE, None, INSTANCE, FAST),
    method("docstring_no_signature_noargs", NO_SIGNATURE, Some("($self, /)"), INSTANCE, NOARGS),
    method("docstring_no_signature_o", NO_SIGNATURE, Some("($self, object, /)"), INSTANCE, ONE),
    method("docstring_with_invalid_signature", Some("docstring_with_invalid_signature($module, /, boo)\n\nThis docstring has an invalid signature."), None, INSTANCE, FAST),
    method("docstring_with_invalid_signature2", Some("docstring_with_invalid_signature2($module, /, boo)\n\n--\n\nThis docstring also has an invalid signature."), None, INSTANCE, FAST),
    method("docstring_with_signature", Some("This docstring has a valid signature."), Some("($module, /, sig)"), INSTANCE, FAST),
    method("docstring_with_signature_but_no_doc", None, Some("($module, /, sig)"), INSTANCE, FAST),
    method("docstring_with_signature_and_extra_newlines", Some("\nThis docstring has a valid signature and some extra newlines."), Some("($module, /, parameter)"), INSTANCE, FAST),
    method(
        "docstring_with_signature_with_defaults",
        Some("\n\nThis docstring has a valid signature with parameters,\nand the parameters take defaults of varying types."),
        Some("(module, s='avocado',\n        b=b'bytes', d=3.14, i=35, n=None, t=True, f=False,\n        local=the_number_three, sys=sys.maxsize,\n        exp=sys.maxsize - 1)"),
        INSTANCE,
        FAST,
    ),
    method("func_with_unrepresentable_signature", UNREPRESENTABLE, Some("($module, /, a, b=<x>)"), INSTANCE, FAST_KW),
    method("test_with_docstring", Some("This is a pretty normal docstring."), None, INSTANCE, NOARGS),
];

impl TestCapi {
    /// The functions of this file.
    pub(super) const DOCSTRINGS: MethodTable = table(FUNCTIONS);
}

pub(super) fn add_types(m: &Py<Module>) {
    m.add_type::<DocStringNoSignatureTest>();
    m.add_type::<DocStringUnrepresentableSignatureTest>();
}

/// Methods without signatures in their docstrings.
#[macros::pyclass(name = "DocStringNoSignatureTest", module = "_testcapi", methods(METHODS, DOCUMENTED))]
pub(crate) struct DocStringNoSignatureTest;

impl Payload for DocStringNoSignatureTest {}

impl DocStringNoSignatureTest {
    const DOCUMENTED: MethodTable = table({
        const M: &[MethodDef] = &[
            method("meth_noargs", NO_SIGNATURE, Some("($self, /)"), INSTANCE, NOARGS),
            method("meth_o", NO_SIGNATURE, Some("($self, object, /)"), INSTANCE, ONE),
            method("meth_noargs_class", NO_SIGNATURE, Some("($type, /)"), MethodFlavour::Class, NOARGS),
            method("meth_o_class", NO_SIGNATURE, Some("($type, object, /)"), MethodFlavour::Class, ONE),
            method("meth_noargs_static", NO_SIGNATURE, Some("()"), MethodFlavour::Static, NOARGS),
            method("meth_o_static", NO_SIGNATURE, Some("(object, /)"), MethodFlavour::Static, ONE),
            method("meth_noargs_coexist", NO_SIGNATURE, Some("($self, /)"), INSTANCE, NOARGS),
            method("meth_o_coexist", NO_SIGNATURE, Some("($self, object, /)"), INSTANCE, ONE),
        ];
        M
    });
}

#[macros::pymethods]
impl DocStringNoSignatureTest {
    #[new(name = "DocStringNoSignatureTest")]
    fn new(th: &Thread, cls: &Py<Type>, _args: Args<'_>) -> Obj {
        alloc_instance(th, cls.as_object(), DocStringNoSignatureTest).into_obj()
    }
}

/// Methods with defaults that have no text.
#[macros::pyclass(name = "DocStringUnrepresentableSignatureTest", module = "_testcapi", methods(METHODS, DOCUMENTED))]
pub(crate) struct DocStringUnrepresentableSignatureTest;

impl Payload for DocStringUnrepresentableSignatureTest {}

impl DocStringUnrepresentableSignatureTest {
    const DOCUMENTED: MethodTable = table({
        const WITH_DEFAULT: Option<&str> = Some("This instance method has a default parameter value from the module scope.");
        const M: &[MethodDef] = &[
            method("meth", UNREPRESENTABLE, Some("($self, /, a, b=<x>)"), INSTANCE, FAST_KW),
            method("classmeth", UNREPRESENTABLE, Some("($type, /, a, b=<x>)"), MethodFlavour::Class, FAST_KW),
            method("staticmeth", UNREPRESENTABLE, Some("(a, b=<x>)"), MethodFlavour::Static, FAST_KW),
            method("with_default", WITH_DEFAULT, Some("($self, /, x=ONE)"), INSTANCE, FAST_KW),
        ];
        M
    });
}

#[macros::pymethods]
impl DocStringUnrepresentableSignatureTest {
    #[new(name = "DocStringUnrepresentableSignatureTest")]
    fn new(th: &Thread, cls: &Py<Type>, _args: Args<'_>) -> Obj {
        alloc_instance(th, cls.as_object(), DocStringUnrepresentableSignatureTest).into_obj()
    }
}
