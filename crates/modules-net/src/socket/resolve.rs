//! Names and numbers of machines, services, protocols, devices; the errors of looking them up.

use super::SocketModule;
use super::address::family;
use super::arguments::{c_int, encode_host, optional_int, positional, text, unsigned};
use host::address::{Address, Parts};
use host::names::{self, Failure, Hints};
use object::Guarded;
use runtime::buffer::{self, BytesLike};
use runtime::os::calls::{self, OrRaise};
use runtime::os::path;
use runtime::protocols::{call, number};
use runtime::types::bytes::ByteArray;
use runtime::types::bytes::{self, Bytes};
use runtime::types::exceptions::{self, OS_ERROR};
use runtime::types::str::{self as pystr, Str};
use runtime::types::tuple::Tuple;
use runtime::types::{int, list, tuple};
use runtime::{Args, Obj, ObjExt, PyResult, Raised, Thread, int_obj};
use std::ffi::{CStr, CString};
use std::sync::Arc;

/// `socket.gaierror` and `socket.herror`.
#[derive(Default)]
struct Errors(Guarded<Option<(Obj, Obj)>>);

/// `socket.gaierror` and `socket.herror`.
pub(super) fn error_classes(th: &Thread) -> PyResult<(Obj, Obj)> {
    let state: Arc<Errors> = th.rt().state();
    if let Some(known) = state.0.get() {
        return Ok(known);
    }
    let resolver = exceptions::new_class(th, "socket.gaierror", OS_ERROR, None)?;
    let host = exceptions::new_class(th, "socket.herror", OS_ERROR, None)?;
    state.0.set(Some((resolver.clone(), host.clone())));
    Ok((resolver, host))
}

/// Raises what looking up ran into.
#[cold]
fn failure(th: &Thread, f: Failure) -> Raised {
    let (class, code, message) = match (f, error_classes(th)) {
        (Failure::System(e), _) => return calls::error(th, &e),
        (_, Err(r)) => return r,
        (Failure::Resolver(code, message), Ok((class, _))) | (Failure::Host(code, message), Ok((_, class))) => {
            (class, code, message)
        }
    };
    match call::call(th, &class, &[int_obj(code.into()), pystr::new(&message).into_obj()]) {
        Ok(e) => th.raise(e),
        Err(r) => r,
    }
}

#[cold]
fn os_error(th: &Thread, message: &str) -> Raised {
    th.raise_message(OS_ERROR, message)
}

const AI_PASSIVE: i32 = 1;
const SOCK_DGRAM: i32 = 2;
const NI_NUMERICHOST: i32 = 1;

/// The address of a machine's name in a family (`setipaddr`); the port is 0.
pub(super) fn lookup(th: &Thread, name: &CStr, wanted: i32) -> PyResult<Address> {
    if name.is_empty() {
        let hints = Hints { family: wanted, kind: SOCK_DGRAM, flags: AI_PASSIVE, protocol: 0 };
        let found = th.allow_threads(|| names::resolve(None, Some(c"0"), hints)).map_err(|f| failure(th, f))?;
        return match &found[..] {
            [one] => Ok(one.address),
            [] => Err(os_error(th, "no address for the wildcard")),
            [first, ..] if wanted == family::UNSPEC => Ok(first.address),
            _ => Err(os_error(th, "wildcard resolved to multiple address")),
        };
    }
    if matches!(name.to_bytes(), b"<broadcast>" | b"255.255.255.255") {
        if wanted != family::INET && wanted != family::UNSPEC {
            return Err(os_error(th, "address family mismatched"));
        }
        return Ok(Address::inet([255; 4], 0));
    }
    if (wanted == family::INET || wanted == family::UNSPEC)
        && let Ok(Some(ip)) = names::to_binary(family::INET, name)
        && let Ok(ip) = ip.try_into()
    {
        return Ok(Address::inet(ip, 0));
    }
    if (wanted == family::INET6 || wanted == family::UNSPEC)
        && !name.to_bytes().contains(&b'%')
        && let Ok(Some(ip)) = names::to_binary(family::INET6, name)
        && let Ok(ip) = ip.try_into()
    {
        return Ok(Address::inet6(ip, 0, 0, 0));
    }
    let hints = Hints { family: wanted, ..Hints::default() };
    let found = th.allow_threads(|| names::resolve(Some(name), None, hints)).map_err(|f| failure(th, f))?;
    found.first().map(|a| a.address).ok_or_else(|| os_error(th, "getaddrinfo returns an empty list"))
}

/// The host of an address in numbers.
pub(super) fn numeric_host(th: &Thread, a: &Address) -> PyResult<Obj> {
    let (host, _) = names::name_of(a, NI_NUMERICHOST).map_err(|f| failure(th, f))?;
    Ok(path::decode(&host).into_obj())
}

/// A machine's name as an argument: text, or bytes as they are.
fn host_argument(th: &Thread, function: &str, o: &Obj) -> PyResult<CString> {
    let content = if let Some(s) = o.downcast::<Str>() {
        encode_host(th, s)?
    } else if o.downcast::<Bytes>().is_some() || o.downcast::<ByteArray>().is_some() {
        BytesLike::new(th, o)?.as_slice().to_vec()
    } else {
        let shown = if o.is_none() { "None".to_string() } else { o.ty().name() };
        return Err(th.type_error(format!("{function}() argument 1 must be str, bytes or bytearray, not {shown}")));
    };
    CString::new(content).map_err(|_| th.type_error("host name must not contain null character"))
}

fn shown(name: &[u8]) -> Obj {
    path::decode(name).into_obj()
}

/// Name, further names, addresses.
fn host_entry(th: &Thread, h: names::Host) -> PyResult<Obj> {
    let aliases = list::from_vec(th, h.aliases.iter().map(|a| shown(a)).collect()).into_obj();
    let mut addresses = Vec::new();
    for a in &h.addresses {
        let text = names::to_text(h.family, a).or_raise(th)?;
        addresses.push(shown(&text));
    }
    Ok(tuple::from_array([shown(&h.name), aliases, list::from_vec(th, addresses).into_obj()]).into_obj())
}

/// The part of a string before its first null byte, as C reads it.
fn until_null(mut content: Vec<u8>) -> CString {
    content.truncate(content.iter().position(|&b| b == 0).unwrap_or(content.len()));
    CString::new(content).unwrap_or_default()
}

#[macros::pymethods(RESOLVE)]
impl SocketModule {
    /// Resolve host and port into addrinfo structs.
    #[pyfunction(sig = "($module, /, host, port, family=0, type=0, proto=0, flags=0)")]
    fn getaddrinfo(
        th: &Thread,
        host: &Obj,
        port: &Obj,
        family: Option<&Obj>,
        kind: Option<&Obj>,
        proto: Option<&Obj>,
        flags: Option<&Obj>,
    ) -> PyResult<Obj> {
        let hints = Hints {
            family: optional_int(th, family)?,
            kind: optional_int(th, kind)?,
            protocol: optional_int(th, proto)?,
            flags: optional_int(th, flags)?,
        };
        let name = if host.is_none() {
            None
        } else if let Some(s) = host.downcast::<Str>() {
            Some(until_null(encode_host(th, s)?))
        } else if let Some(b) = host.downcast::<Bytes>() {
            Some(until_null(b.as_slice().to_vec()))
        } else {
            return Err(th.type_error("getaddrinfo() argument 1 must be string or None"));
        };
        let service = if port.is_none() {
            None
        } else if int::is_int(port) {
            Some(until_null(runtime::protocols::str(th, &number::index(th, port)?)?.to_string_lossy().into_bytes()))
        } else if let Some(s) = port.downcast::<Str>() {
            Some(until_null(s.to_utf8(th)?.into_bytes()))
        } else if let Some(b) = port.downcast::<Bytes>() {
            Some(until_null(b.as_slice().to_vec()))
        } else {
            return Err(os_error(th, "Int or String expected"));
        };
        let found =
            th.allow_threads(|| names::resolve(name.as_deref(), service.as_deref(), hints)).map_err(|f| failure(th, f))?;
        let mut all = Vec::with_capacity(found.len());
        for a in found {
            let address = super::address::to_object(th, &a.address, a.protocol)?;
            let (family, kind, protocol) = (int_obj(a.family.into()), int_obj(a.kind.into()), int_obj(a.protocol.into()));
            all.push(tuple::from_array([family, kind, protocol, shown(&a.name), address]).into_obj());
        }
        Ok(list::from_vec(th, all).into_obj())
    }

    /// getnameinfo(sockaddr, flags) --> (host, port): get host and port for a sockaddr.
    #[pyfunction]
    fn getnameinfo(th: &Thread, args: Args<'_>) -> PyResult<Obj> {
        let args = positional(th, "getnameinfo", args, 2, 2)?;
        let flags = c_int(th, &args[1])?;
        let Some(t) = args[0].downcast::<Tuple>() else {
            return Err(th.type_error("getnameinfo() argument 1 must be a tuple"));
        };
        let parts = t.items();
        let name = parts.first().and_then(|o| o.downcast::<Str>()).filter(|_| (2..=4).contains(&parts.len()));
        let Some(name) = name else {
            return Err(th.type_error("getnameinfo(): illegal sockaddr argument"));
        };
        let name = CString::new(name.to_utf8(th)?).map_err(|_| th.value_error("embedded null character"))?;
        let number = c_int(th, &parts[1])?;
        let flow = parts.get(2).map_or(Ok(0), |o| super::arguments::bits(th, o))?;
        let scope = parts.get(3).map_or(Ok(0), |o| super::arguments::bits(th, o))?;
        if flow > 0xf_ffff {
            return Err(th.overflow_error("getnameinfo(): flowinfo must be 0-1048575."));
        }
        const AI_NUMERICHOST: i32 = 4;
        let hints = Hints { kind: SOCK_DGRAM, flags: AI_NUMERICHOST, ..Hints::default() };
        let service = CString::new(number.to_string()).unwrap_or_default();
        let found = th.allow_threads(|| names::resolve(Some(&name), Some(&service), hints)).map_err(|f| failure(th, f))?;
        let address = match &found[..] {
            [one] => one.address,
            [] => return Err(os_error(th, "no address")),
            _ => return Err(os_error(th, "sockaddr resolved to multiple addresses")),
        };
        let address = match address.parts() {
            Parts::Inet { .. } if parts.len() != 2 => {
                return Err(os_error(th, "IPv4 sockaddr must be 2 tuple"));
            }
            Parts::Inet6 { ip, port, .. } => Address::inet6(ip, port, flow, scope),
            _ => address,
        };
        let (host, service) = th.allow_threads(|| names::name_of(&address, flags)).map_err(|f| failure(th, f))?;
        Ok(tuple::from_array([shown(&host), shown(&service)]).into_obj())
    }

    /// gethostbyname(host) -> address: return the IP address (a string of the form '255.255.255.255') for a host.
    #[pyfunction]
    fn gethostbyname(th: &Thread, args: Args<'_>) -> PyResult<Obj> {
        let args = positional(th, "gethostbyname", args, 1, 1)?;
        let name = host_argument(th, "gethostbyname", &args[0])?;
        let a = lookup(th, &name, family::INET)?;
        numeric_host(th, &a)
    }

    /// gethostbyname_ex(host) -> (name, aliaslist, addresslist): return the true host name, a list of aliases, and a list of IP addresses, for a host.
    #[pyfunction]
    fn gethostbyname_ex(th: &Thread, args: Args<'_>) -> PyResult<Obj> {
        let args = positional(th, "gethostbyname_ex", args, 1, 1)?;
        let name = host_argument(th, "gethostbyname_ex", &args[0])?;
        lookup(th, &name, family::INET)?;
        let h = th.allow_threads(|| names::host_by_name(&name)).map_err(|f| failure(th, f))?;
        host_entry(th, h)
    }

    /// gethostbyaddr(host) -> (name, aliaslist, addresslist): return the true host name, a list of aliases, and a list of IP addresses, for a host.
    #[pyfunction]
    fn gethostbyaddr(th: &Thread, args: Args<'_>) -> PyResult<Obj> {
        let args = positional(th, "gethostbyaddr", args, 1, 1)?;
        let name = host_argument(th, "gethostbyaddr", &args[0])?;
        let h = match lookup(th, &name, family::UNSPEC)?.parts() {
            Parts::Inet { ip, .. } => th.allow_threads(|| names::host_by_address(&ip, family::INET)),
            Parts::Inet6 { ip, .. } => th.allow_threads(|| names::host_by_address(&ip, family::INET6)),
            _ => return Err(os_error(th, "unsupported address family")),
        };
        host_entry(th, h.map_err(|f| failure(th, f))?)
    }

    /// getservbyname(servicename[, protocolname]) -> integer: return a port number from a service name and protocol name.
    #[pyfunction]
    fn getservbyname(th: &Thread, args: Args<'_>) -> PyResult<Obj> {
        let args = positional(th, "getservbyname", args, 1, 2)?;
        let name = text(th, "getservbyname", 1, &args[0])?;
        let protocol = args.get(1).map(|p| text(th, "getservbyname", 2, p)).transpose()?;
        match names::service_port(&name, protocol.as_deref()) {
            Some(port) => Ok(int_obj(port.into())),
            None => Err(os_error(th, "service/proto not found")),
        }
    }

    /// getservbyport(port[, protocolname]) -> string: return the service name from a port number and protocol name.
    #[pyfunction]
    fn getservbyport(th: &Thread, args: Args<'_>) -> PyResult<Obj> {
        let args = positional(th, "getservbyport", args, 1, 2)?;
        let number = c_int(th, &args[0])?;
        let protocol = args.get(1).map(|p| text(th, "getservbyport", 2, p)).transpose()?;
        let Ok(number) = u16::try_from(number) else {
            return Err(th.overflow_error("getservbyport: port must be 0-65535."));
        };
        match names::service_name(number, protocol.as_deref()) {
            Some(name) => Ok(shown(&name)),
            None => Err(os_error(th, "port/proto not found")),
        }
    }

    /// getprotobyname(name) -> integer: return the protocol number for the named protocol.
    #[pyfunction]
    fn getprotobyname(th: &Thread, args: Args<'_>) -> PyResult<Obj> {
        let args = positional(th, "getprotobyname", args, 1, 1)?;
        match names::protocol_number(&text(th, "getprotobyname", 0, &args[0])?) {
            Some(n) => Ok(int_obj(n.into())),
            None => Err(os_error(th, "protocol not found")),
        }
    }

    /// Convert an IP address in string format (123.45.67.89) to the 32-bit packed binary format used in low-level network functions.
    #[pyfunction(sig = "($module, ip_addr, /)")]
    fn inet_aton(th: &Thread, ip_addr: &Obj) -> PyResult<Obj> {
        match names::loose_ipv4(&text(th, "inet_aton", 0, ip_addr)?) {
            Some(ip) => Ok(bytes::new(&ip).into_obj()),
            None => Err(os_error(th, "illegal IP address string passed to inet_aton")),
        }
    }

    /// Convert an IP address from 32-bit packed binary format to string format.
    #[pyfunction(sig = "($module, packed_ip, /)")]
    fn inet_ntoa(th: &Thread, packed_ip: BytesLike<'_>) -> PyResult<String> {
        match packed_ip.as_slice() {
            [a, b, c, d] => Ok(format!("{a}.{b}.{c}.{d}")),
            _ => Err(os_error(th, "packed IP wrong length for inet_ntoa")),
        }
    }

    /// inet_pton(af, ip) -> packed IP address string: convert an IP address from string format to a packed string suitable for use with low-level network functions.
    #[pyfunction]
    fn inet_pton(th: &Thread, args: Args<'_>) -> PyResult<Obj> {
        let args = positional(th, "inet_pton", args, 2, 2)?;
        let family = c_int(th, &args[0])?;
        let ip = text(th, "inet_pton", 2, &args[1])?;
        match names::to_binary(family, &ip).or_raise(th)? {
            Some(ip) => Ok(bytes::new(&ip).into_obj()),
            None => Err(os_error(th, "illegal IP address string passed to inet_pton")),
        }
    }

    /// inet_ntop(af, packed_ip) -> string formatted IP address: convert a packed IP address of the given family to string format.
    #[pyfunction]
    fn inet_ntop(th: &Thread, args: Args<'_>) -> PyResult<Obj> {
        let args = positional(th, "inet_ntop", args, 2, 2)?;
        let family = c_int(th, &args[0])?;
        let ip = buffer::bytes_of(th, &args[1])?;
        let wanted = match family {
            family::INET => 4,
            family::INET6 => 16,
            _ => return Err(th.value_error(format!("unknown address family {family}"))),
        };
        if ip.len() != wanted {
            return Err(th.value_error("invalid length of packed IP address string"));
        }
        names::to_text(family, &ip).or_raise(th).map(|t| shown(&t))
    }

    /// Returns a list of network interface information (index, name) tuples.
    #[pyfunction(sig = "($module, /)")]
    fn if_nameindex(th: &Thread) -> PyResult<Obj> {
        let all = names::interfaces().or_raise(th)?;
        let pairs = all.into_iter().map(|(n, name)| tuple::from_array([int_obj(n.into()), shown(&name)]).into_obj());
        Ok(list::from_vec(th, pairs.collect()).into_obj())
    }

    /// Returns the interface index corresponding to the interface name if_name.
    #[pyfunction(sig = "($module, oname, /)")]
    fn if_nametoindex(th: &Thread, oname: &Obj) -> PyResult<u32> {
        let name = path::c_string(th, oname)?;
        names::interface_index(&name).or_raise(th)
    }

    /// Returns the interface name corresponding to the interface index if_index.
    #[pyfunction(sig = "($module, if_index, /)")]
    fn if_indextoname(th: &Thread, if_index: &Obj) -> PyResult<Obj> {
        let n = unsigned(th, if_index, u32::MAX.into(), "unsigned int")?;
        names::interface_name(n as u32).or_raise(th).map(|name| shown(name.to_bytes()))
    }

    /// Return the current host name.
    #[pyfunction(sig = "($module, /)")]
    fn gethostname(th: &Thread) -> PyResult<Obj> {
        host::socket::gethostname().or_raise(th).map(|n| shown(&n))
    }

    /// sethostname(name): sets the hostname to name.
    #[pyfunction]
    fn sethostname(th: &Thread, args: Args<'_>) -> PyResult<()> {
        let args = positional(th, "sethostname", args, 1, 1)?;
        let name = match args[0].downcast::<Bytes>() {
            Some(b) => b.as_slice().to_vec(),
            None => path::c_string(th, &args[0])?.into_bytes(),
        };
        host::socket::sethostname(&name).or_raise(th)
    }
}
