//! `#[pymethods]`: the method table of an `impl` block.

use crate::signature::{self, Kind, Parameter};
use crate::slots;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, FnArg, Ident, ImplItem, ItemImpl, LitStr, Result, Token, Type};

/// What `#[pymethod(…)]` and its relatives say.
#[derive(Default)]
struct Marks {
    name: Option<LitStr>,
    sig: Option<LitStr>,
    /// `__text_signature__` where it is not what the arguments are bound by.
    text: Option<syn::Expr>,
    doc: Option<syn::Expr>,
    module: bool,
    /// The signature is not shown.
    hidden: bool,
}

impl Parse for Marks {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut m = Marks::default();
        while !input.is_empty() {
            let key: Ident = input.parse()?;
            if key == "module" {
                m.module = true;
            } else if key == "hidden" {
                m.hidden = true;
            } else {
                input.parse::<Token![=]>()?;
                match key.to_string().as_str() {
                    "name" => m.name = Some(input.parse()?),
                    "sig" => m.sig = Some(input.parse()?),
                    "text" => m.text = Some(input.parse()?),
                    "doc" => m.doc = Some(input.parse()?),
                    other => return Err(syn::Error::new(key.span(), format!("unknown mark `{other}`"))),
                }
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(m)
    }
}

const MARKS: [&str; 9] = ["pymethod", "classmethod", "staticmethod", "pyfunction", "getter", "setter", "slot", "new", "init"];

#[derive(Default)]
struct Tables {
    methods: Vec<TokenStream>,
    getters: Vec<TokenStream>,
    setters: Vec<TokenStream>,
    slots: Vec<TokenStream>,
    new_sig: Option<TokenStream>,
}

pub(crate) fn pymethods(attr: TokenStream, item: TokenStream) -> Result<TokenStream> {
    let table: Ident = if attr.is_empty() { format_ident!("METHODS") } else { syn::parse2(attr)? };
    let mut item: ItemImpl = syn::parse2(item)?;
    let ty = item.self_ty.clone();
    let mut t = Tables::default();
    for member in &mut item.items {
        let ImplItem::Fn(f) = member else { continue };
        let docs = doc_comment(&f.attrs);
        let mut marks = Vec::new();
        f.attrs.retain(|a| {
            let marked = a.path().get_ident().is_some_and(|i| MARKS.contains(&i.to_string().as_str()));
            if marked {
                marks.push(a.clone());
            }
            !marked
        });
        for mark in marks {
            declare(&ty, f, &mark, docs.as_deref(), &mut t)?;
            if is_hot(&ty, f, &mark) && !f.attrs.iter().any(|a| a.path().is_ident("inline")) {
                f.attrs.push(syn::parse_quote!(#[inline(always)]));
            }
        }
    }
    let Tables { methods, getters, setters, slots, new_sig } = t;
    let new_sig = new_sig.map_or_else(|| quote!(None), |s| quote!(Some(#s)));
    Ok(quote! {
        #item
        impl #ty {
            /// The native methods, attributes and slots declared above.
            #[allow(clippy::redundant_closure_call, unused_variables, clippy::needless_question_mark, reason = "generated")]
            pub const #table: runtime::MethodTable = runtime::MethodTable {
                methods: { const M: &[runtime::MethodDef] = &[#(#methods),*]; M },
                getters: { const M: &[runtime::GetterDef] = &[#(#getters),*]; M },
                setters: { const M: &[runtime::SetterDef] = &[#(#setters),*]; M },
                slots: { fn fill(slots: &runtime::Slots) { #(#slots)* } fill },
                new_signature: #new_sig,
            };
        }
    })
}

/// The text of a function's doc comment: the Python docstring unless `doc` says otherwise.
fn doc_comment(attrs: &[Attribute]) -> Option<String> {
    let lines: Vec<String> = attrs
        .iter()
        .filter(|a| a.path().is_ident("doc"))
        .filter_map(|a| match &a.meta {
            syn::Meta::NameValue(nv) => match &nv.value {
                syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(s), .. }) => {
                    let s = s.value();
                    Some(s.strip_prefix(' ').unwrap_or(&s).to_string())
                }
                _ => None,
            },
            _ => None,
        })
        .collect();
    if lines.is_empty() { None } else { Some(lines.join("\n")) }
}

fn declare(ty: &Type, f: &syn::ImplItemFn, mark: &Attribute, docs: Option<&str>, t: &mut Tables) -> Result<()> {
    let kind = mark.path().get_ident().map(ToString::to_string).unwrap_or_default();
    let func = &f.sig.ident;
    let params: Vec<&Type> = f
        .sig
        .inputs
        .iter()
        .map(|a| match a {
            FnArg::Typed(p) => Ok(&*p.ty),
            FnArg::Receiver(r) => Err(syn::Error::new_spanned(r, "native methods take `th` and `slf`, not `self`")),
        })
        .collect::<Result<_>>()?;
    if kind == "slot" {
        let slot: Ident = mark.parse_args()?;
        t.slots.push(slot_wrapper(ty, func, &slot, &params)?);
        return Ok(());
    }
    let marks: Marks = match &mark.meta {
        syn::Meta::Path(_) => Marks::default(),
        _ => mark.parse_args()?,
    };
    let name = marks.name.as_ref().map_or_else(|| func.to_string().trim_start_matches("r#").to_string(), LitStr::value);
    let doc = match (&marks.doc, docs) {
        (Some(d), _) => quote!(Some(#d)),
        (None, Some(d)) => quote!(Some(#d)),
        (None, None) => quote!(None),
    };
    match kind.as_str() {
        "getter" => {
            t.getters.push(quote! {
                runtime::GetterDef { name: #name, doc: #doc, get: {
                    fn get(th: &runtime::Thread, slf: &runtime::Obj) -> runtime::PyResult<runtime::Obj> {
                        let slf = runtime::args::receiver(th, slf, #name)?;
                        runtime::args::Return::into_result(<#ty>::#func(th, slf), th)
                    }
                    get
                } }
            });
            return Ok(());
        }
        "setter" => {
            t.setters.push(quote! {
                runtime::SetterDef { name: #name, set: {
                    fn set(th: &runtime::Thread, slf: &runtime::Obj, value: Option<&runtime::Obj>) -> runtime::PyResult<()> {
                        let slf = runtime::args::receiver(th, slf, #name)?;
                        <#ty>::#func(th, slf, value)
                    }
                    set
                } }
            });
            return Ok(());
        }
        _ => {}
    }
    let sig = marks.sig.clone();
    let sig_params = match &sig {
        Some(s) => Some(signature::parse(&s.value()).map_err(|e| syn::Error::new(s.span(), e))?),
        None => None,
    };
    if kind == "new" || kind == "init" {
        let slot = format_ident!("tp_{}", kind);
        // The error texts of a constructor name its type.
        let fname = marks.name.as_ref().map(LitStr::value).unwrap_or_default();
        let bind = bind_all(&fname, sig_params.as_deref(), &params[2..], sig.as_ref())?;
        let (pre, args) = (bind.0, bind.1);
        let body = if kind == "new" {
            t.new_sig = if marks.hidden { None } else { shown_signature(marks.text, sig) };
            let positional = sig_params.as_ref().is_some_and(|p| p.iter().all(by_position));
            let lenient = positional.then(|| quote!(let args = runtime::args::without_keywords_for_init(cls, args);));
            quote! {
                fn w(th: &runtime::Thread, cls: &runtime::Py<runtime::Type>, args: runtime::Args<'_>) -> runtime::PyResult<runtime::Obj> {
                    #lenient
                    #pre
                    runtime::args::Return::into_result(<#ty>::#func(th, cls #(, #args)*), th)
                }
            }
        } else {
            quote! {
                fn w(th: &runtime::Thread, slf: &runtime::Obj, args: runtime::Args<'_>) -> runtime::PyResult<()> {
                    let slf = runtime::args::receiver(th, slf, "__init__")?;
                    #pre
                    <#ty>::#func(th, slf #(, #args)*)
                }
            }
        };
        t.slots.push(quote! { slots.#slot.set(Some({ #body w })); });
        return Ok(());
    }
    // Methods have a receiver, functions only when they ask for their module.
    let has_receiver = match kind.as_str() {
        "pyfunction" => marks.module,
        "staticmethod" => false,
        _ => true,
    };
    let skip = if has_receiver { 2 } else { 1 };
    if params.len() < skip {
        return Err(syn::Error::new(func.span(), "a native function takes `th` first, and a method `slf` second"));
    }
    let rest = &params[skip..];
    let (receive, pass) = if has_receiver {
        (quote!(let slf = runtime::args::receiver(th, slf, #name)?;), quote!(slf,))
    } else {
        (quote!(), quote!())
    };
    let flavour = match kind.as_str() {
        "classmethod" => quote!(Class),
        "staticmethod" => quote!(Static),
        _ => quote!(Instance),
    };
    let simple = sig_params.as_ref().filter(|p| p.iter().all(|p| p.kind == Kind::PositionalOnly && p.required));
    let call = match simple {
        Some(p) if p.is_empty() => quote! {
            runtime::NativeCall::NoArgs({
                fn w(th: &runtime::Thread, slf: &runtime::Obj) -> runtime::PyResult<runtime::Obj> {
                    #receive
                    runtime::args::Return::into_result(<#ty>::#func(th, #pass), th)
                }
                w
            })
        },
        Some(p) if p.len() == 1 => {
            let param = &rest[0];
            quote! {
                runtime::NativeCall::One({
                    fn w(th: &runtime::Thread, slf: &runtime::Obj, arg: &runtime::Obj) -> runtime::PyResult<runtime::Obj> {
                        #receive
                        let a = <#param as runtime::args::FromArg<'_>>::from_arg(th, arg, &runtime::args::ArgName { function: #name, argument: "argument" })?;
                        runtime::args::Return::into_result(<#ty>::#func(th, #pass a), th)
                    }
                    w
                })
            }
        }
        _ => {
            let positional = sig_params.as_ref().is_some_and(|p| p.iter().all(by_position));
            let (pre, args) = bind_all(&name, sig_params.as_deref(), rest, sig.as_ref())?;
            let (variant, names, whole) = if positional {
                (quote!(Fast), quote!(), quote!(runtime::Args::positional_only(all)))
            } else {
                let names = quote!(, names: Option<&runtime::Py<runtime::types::tuple::Tuple>>);
                (quote!(FastKw), names, quote!(runtime::Args::new(all, names)))
            };
            quote! {
                runtime::NativeCall::#variant({
                    fn w(th: &runtime::Thread, slf: &runtime::Obj, all: &[runtime::Obj] #names) -> runtime::PyResult<runtime::Obj> {
                        let args = #whole;
                        #receive
                        #pre
                        runtime::args::Return::into_result(<#ty>::#func(th, #pass #(#args),*), th)
                    }
                    w
                })
            }
        }
    };
    // A function that binds its arguments itself may still show a signature.
    let sig = shown_signature(marks.text, sig).map_or_else(|| quote!(None), |s| quote!(Some(#s)));
    t.methods.push(quote! {
        runtime::MethodDef { name: #name, doc: #doc, signature: #sig, flavour: runtime::MethodFlavour::#flavour, call: #call }
    });
    Ok(())
}

/// True for a parameter that no keyword can name.
fn by_position(p: &Parameter) -> bool {
    matches!(p.kind, Kind::PositionalOnly | Kind::VarPositional)
}

/// What `__text_signature__` shows: a text of its own, else the signature that binds.
fn shown_signature(text: Option<syn::Expr>, sig: Option<LitStr>) -> Option<TokenStream> {
    text.map(|t| quote!(#t)).or_else(|| sig.map(|s| quote!(#s)))
}

/// Statements that bind `args` as the signature says, and the expressions to pass on.
/// Without a signature the function takes the `Args` themselves.
fn bind_all(
    fname: &str,
    sig: Option<&[Parameter]>,
    params: &[&Type],
    at: Option<&LitStr>,
) -> Result<(TokenStream, Vec<TokenStream>)> {
    let Some(sig) = sig else {
        return Ok((quote!(), vec![quote!(args)]));
    };
    if sig.len() != params.len() {
        let span = at.map_or_else(proc_macro2::Span::call_site, LitStr::span);
        return Err(syn::Error::new(span, format!("the signature has {} parameters, the function {}", sig.len(), params.len())));
    }
    let named: Vec<&Parameter> = sig.iter().filter(|p| !matches!(p.kind, Kind::VarPositional | Kind::VarKeyword)).collect();
    let n = named.len();
    let names: Vec<&str> = named.iter().map(|p| p.name.as_str()).collect();
    let required: Vec<bool> = named.iter().map(|p| p.required).collect();
    let posonly = named.iter().filter(|p| p.kind == Kind::PositionalOnly).count();
    let positional = named.iter().filter(|p| p.kind != Kind::KeywordOnly).count();
    let var_positional = sig.iter().any(|p| p.kind == Kind::VarPositional);
    let var_keyword = sig.iter().any(|p| p.kind == Kind::VarKeyword);
    let pre = quote! {
        static SPEC: runtime::args::Signature = runtime::args::Signature {
            function: #fname,
            names: &[#(#names),*],
            required: &[#(#required),*],
            positional_only: #posonly,
            positional: #positional,
            var_positional: #var_positional,
            var_keyword: #var_keyword,
        };
        let bound = SPEC.bind::<#n>(th, args)?;
    };
    let mut i = 0usize;
    let mut exprs = Vec::new();
    for (p, ty) in sig.iter().zip(params) {
        exprs.push(match p.kind {
            Kind::VarPositional => quote!(SPEC.extra_positional(args)),
            Kind::VarKeyword => quote!(SPEC.extra_keywords(args)),
            _ => {
                let shown = if p.kind == Kind::PositionalOnly {
                    if n == 1 { "argument".to_string() } else { format!("argument {}", i + 1) }
                } else {
                    format!("argument '{}'", p.name)
                };
                let k = i;
                i += 1;
                quote!(<#ty as runtime::args::FromArg<'_>>::from_slot(th, bound[#k], &runtime::args::ArgName { function: #fname, argument: #shown })?)
            }
        });
    }
    Ok((pre, exprs))
}

fn slot_wrapper(ty: &Type, func: &Ident, slot: &Ident, params: &[&Type]) -> Result<TokenStream> {
    let Some(shape) = slots::shape(&slot.to_string()) else {
        return Err(syn::Error::new(slot.span(), "no such slot"));
    };
    if params.len() != shape.params.len() + 1 {
        return Err(syn::Error::new(slot.span(), format!("this slot takes th and {:?}", shape.params)));
    }
    let result: Type = syn::parse_str(
        &shape
            .result
            .replace("PyResult", "runtime::PyResult")
            .replace("Obj", "runtime::Obj")
            .replace("Buffer", "runtime::Buffer"),
    )?;
    let mut decl = Vec::new();
    let mut pass = Vec::new();
    let mut pre = quote!();
    for (i, raw) in shape.params.iter().enumerate() {
        let name = format_ident!("a{}", i);
        let text = raw
            .replace("Obj", "runtime::Obj")
            .replace("Args", "runtime::Args")
            .replace("Py<Type>", "runtime::Py<runtime::Type>")
            .replace("CompareOp", "runtime::CompareOp");
        let raw_ty: Type = syn::parse_str(&text)?;
        decl.push(quote!(#name: #raw_ty));
        if *raw == "&Obj" && i == 0 {
            let slot_name = slot.to_string();
            if shape.result == "()" {
                pre = quote!(let Ok(a0) = runtime::args::receiver(th, a0, #slot_name) else { return };);
            } else {
                pre = quote!(let a0 = runtime::args::receiver(th, a0, #slot_name)?;);
            }
        }
        pass.push(quote!(#name));
    }
    let wrap = if shape.result == "PyResult<Obj>" {
        quote!(runtime::args::Return::into_result(<#ty>::#func(th, #(#pass),*), th))
    } else {
        quote!(<#ty>::#func(th, #(#pass),*))
    };
    if !slots::is_hot(&slot.to_string()) || !takes_own(ty, params[1]) {
        return Ok(quote! {
            slots.#slot.set(Some({
                fn w(th: &runtime::Thread, #(#decl),*) -> #result { #pre #wrap }
                w
            }));
        });
    }
    // What is rare, an instance of a subclass, is asked for apart: the common way then saves no registers for it.
    Ok(quote! {
        slots.#slot.set(Some({
            fn w(th: &runtime::Thread, #(#decl),*) -> #result {
                match runtime::ObjExt::downcast_exact::<#ty>(a0) {
                    Some(a0) => #wrap,
                    None => other(th, #(#pass),*),
                }
            }
            #[cold]
            #[inline(never)]
            fn other(th: &runtime::Thread, #(#decl),*) -> #result { #pre #wrap }
            w
        }));
    })
}

/// The function fills a slot whose common way goes straight into it.
fn is_hot(ty: &Type, f: &syn::ImplItemFn, mark: &Attribute) -> bool {
    let Ok(slot) = mark.parse_args::<Ident>() else { return false };
    mark.path().is_ident("slot")
        && slots::is_hot(&slot.to_string())
        && matches!(f.sig.inputs.get(1), Some(FnArg::Typed(p)) if takes_own(ty, &p.ty))
}

/// The parameter is `&Py<T>` of the type `T` itself.
fn takes_own(ty: &Type, param: &Type) -> bool {
    quote!(&Py<#ty>).to_string() == quote!(#param).to_string()
}
