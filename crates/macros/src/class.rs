//! `#[pyclass]` and `#[pymodule]`: the static type or module definition behind a struct.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Expr, Ident, ItemStruct, LitStr, Path, Result, Token, parenthesized};

/// `name = "…"`, `module = "…"`, `base = Type`, `flags = EXPR`, `doc = "…"`, `methods(A, B)`, `exec = path`, `metaclass = Type`.
#[derive(Default)]
struct Options {
    name: Option<LitStr>,
    module: Option<LitStr>,
    doc: Option<Expr>,
    base: Option<Path>,
    metaclass: Option<Path>,
    flags: Option<Expr>,
    exec: Option<Expr>,
    methods: Vec<Ident>,
}

impl Parse for Options {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut o = Options::default();
        while !input.is_empty() {
            let key: Ident = input.parse()?;
            if key == "methods" {
                let list;
                parenthesized!(list in input);
                o.methods = Punctuated::<Ident, Token![,]>::parse_terminated(&list)?.into_iter().collect();
            } else {
                input.parse::<Token![=]>()?;
                match key.to_string().as_str() {
                    "name" => o.name = Some(input.parse()?),
                    "module" => o.module = Some(input.parse()?),
                    "doc" => o.doc = Some(input.parse()?),
                    "base" => o.base = Some(input.parse()?),
                    "metaclass" => o.metaclass = Some(input.parse()?),
                    "flags" => o.flags = Some(input.parse()?),
                    "exec" => o.exec = Some(input.parse()?),
                    other => return Err(syn::Error::new(key.span(), format!("unknown option `{other}`"))),
                }
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(o)
    }
}

/// The path of the runtime crate, which calls itself `runtime` inside as well (`extern crate self as runtime`).
pub(crate) fn pyclass(attr: TokenStream, item: TokenStream) -> Result<TokenStream> {
    let o: Options = syn::parse2(attr)?;
    let item: ItemStruct = syn::parse2(item)?;
    let ty = &item.ident;
    let name = o.name.ok_or_else(|| syn::Error::new(ty.span(), "`name` is missing"))?;
    let module = o.module.map_or_else(|| quote!("builtins"), |m| quote!(#m));
    let doc = o.doc.map_or_else(|| quote!(None), |d| quote!(Some(#d)));
    let base = o.base.map_or_else(|| quote!(runtime::types::object::OBJECT_TYPE), |b| quote!(<#b as runtime::PyClass>::TYPE));
    let metaclass =
        o.metaclass.map_or_else(|| quote!(<runtime::Type as runtime::PyClass>::TYPE), |m| quote!(<#m as runtime::PyClass>::TYPE));
    let flags = o.flags.map_or_else(|| quote!(0), |f| quote!({ use runtime::type_flags::*; #f }));
    let methods = if o.methods.is_empty() { vec![Ident::new("METHODS", ty.span())] } else { o.methods };
    Ok(quote! {
        #item
        impl runtime::PyClass for #ty {
            const TYPE: &'static runtime::TypeObject = {
                static SPEC: runtime::TypeSpec = runtime::TypeSpec {
                    name: #name,
                    module: #module,
                    doc: #doc,
                    base: Some(&#base),
                    methods: &[#(&<#ty>::#methods),*],
                };
                static TYPE: runtime::TypeObject =
                    runtime::Type::new_static::<#ty>(&SPEC, #metaclass, #flags);
                &TYPE
            };
        }
    })
}

pub(crate) fn pymodule(attr: TokenStream, item: TokenStream) -> Result<TokenStream> {
    let o: Options = syn::parse2(attr)?;
    let item: ItemStruct = syn::parse2(item)?;
    let ty = &item.ident;
    let name = o.name.ok_or_else(|| syn::Error::new(ty.span(), "`name` is missing"))?;
    let doc = o.doc.map_or_else(|| quote!(None), |d| quote!(Some(#d)));
    let exec = o.exec.map_or_else(|| quote!(None), |e| quote!(Some(#e)));
    let methods = if o.methods.is_empty() { vec![Ident::new("METHODS", ty.span())] } else { o.methods };
    Ok(quote! {
        #item
        impl #ty {
            /// The definition of this native module, for the module table.
            pub const MODULE: runtime::ModuleDef = runtime::ModuleDef {
                name: #name,
                doc: #doc,
                methods: &[#(&<#ty>::#methods),*],
                exec: #exec,
            };
        }
    })
}
