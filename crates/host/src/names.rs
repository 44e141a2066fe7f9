//! Names of machines, services, protocols and network devices.

use crate::address::{Address, CAPACITY};
use std::ffi::{CStr, CString};
use std::io::{Error, Result};

unsafe extern "C" {
    fn gethostbyname_r(
        name: *const libc::c_char,
        entry: *mut libc::hostent,
        room: *mut libc::c_char,
        len: usize,
        result: *mut *mut libc::hostent,
        code: *mut libc::c_int,
    ) -> libc::c_int;
    fn gethostbyaddr_r(
        address: *const libc::c_void,
        address_len: libc::socklen_t,
        family: libc::c_int,
        entry: *mut libc::hostent,
        room: *mut libc::c_char,
        len: usize,
        result: *mut *mut libc::hostent,
        code: *mut libc::c_int,
    ) -> libc::c_int;
    fn hstrerror(code: libc::c_int) -> *const libc::c_char;
    fn inet_aton(text: *const libc::c_char, to: *mut [u8; 4]) -> libc::c_int;
    fn inet_pton(family: libc::c_int, text: *const libc::c_char, to: *mut libc::c_void) -> libc::c_int;
    fn inet_ntop(
        family: libc::c_int,
        from: *const libc::c_void,
        to: *mut libc::c_char,
        len: libc::socklen_t,
    ) -> *const libc::c_char;
}

/// Why a name could not be resolved.
pub enum Failure {
    /// A code of `getaddrinfo` and its text.
    Resolver(i32, String),
    /// A code of `gethostbyname` and its text.
    Host(i32, String),
    System(Error),
}

/// # Safety
/// Null or a string that lives until it is copied.
unsafe fn text(p: *const libc::c_char) -> Vec<u8> {
    // SAFETY: the caller's promise.
    if p.is_null() { Vec::new() } else { unsafe { CStr::from_ptr(p) }.to_bytes().to_vec() }
}

fn resolver_failure(code: i32) -> Failure {
    if code == libc::EAI_SYSTEM {
        return Failure::System(Error::last_os_error());
    }
    // SAFETY: a text in static memory.
    let message = unsafe { text(libc::gai_strerror(code)) };
    Failure::Resolver(code, String::from_utf8_lossy(&message).into_owned())
}

fn host_failure(code: i32) -> Failure {
    // SAFETY: a text in static memory.
    let message = unsafe { text(hstrerror(code)) };
    Failure::Host(code, String::from_utf8_lossy(&message).into_owned())
}

/// One answer of [`resolve`].
pub struct Answer {
    pub family: i32,
    pub kind: i32,
    pub protocol: i32,
    pub name: Vec<u8>,
    pub address: Address,
}

/// What is asked of [`resolve`] beside the name and the service.
#[derive(Clone, Copy, Default)]
pub struct Hints {
    pub family: i32,
    pub kind: i32,
    pub protocol: i32,
    pub flags: i32,
}

/// `getaddrinfo`.
pub fn resolve(host: Option<&CStr>, service: Option<&CStr>, hints: Hints) -> std::result::Result<Vec<Answer>, Failure> {
    let pointer = |s: Option<&CStr>| s.map_or(std::ptr::null(), CStr::as_ptr);
    let mut all = Vec::new();
    // SAFETY: null or strings, hints, and a place for the list, which is freed after its content is copied.
    unsafe {
        let mut h: libc::addrinfo = std::mem::zeroed();
        (h.ai_family, h.ai_socktype, h.ai_protocol, h.ai_flags) = (hints.family, hints.kind, hints.protocol, hints.flags);
        let mut list = std::ptr::null_mut();
        let code = libc::getaddrinfo(pointer(host), pointer(service), &h, &mut list);
        if code != 0 {
            return Err(resolver_failure(code));
        }
        let mut next = list;
        while let Some(a) = next.as_ref() {
            let mut address = Address::empty();
            address.len = (a.ai_addrlen as usize).min(CAPACITY);
            if a.ai_addr.is_null() {
                address.len = 0;
            } else {
                std::ptr::copy_nonoverlapping(a.ai_addr.cast::<u8>(), address.bytes.as_mut_ptr(), address.len);
            }
            let name = text(a.ai_canonname);
            all.push(Answer { family: a.ai_family, kind: a.ai_socktype, protocol: a.ai_protocol, name, address });
            next = a.ai_next;
        }
        libc::freeaddrinfo(list);
    }
    Ok(all)
}

/// `getnameinfo`: host and service of an address.
pub fn name_of(address: &Address, flags: i32) -> std::result::Result<(Vec<u8>, Vec<u8>), Failure> {
    let (mut host, mut service) = ([0u8; 1025], [0u8; 32]);
    // SAFETY: an address with its length; room with its length.
    let code = unsafe {
        libc::getnameinfo(
            address.bytes.as_ptr().cast(),
            address.len as libc::socklen_t,
            host.as_mut_ptr().cast(),
            host.len() as libc::socklen_t,
            service.as_mut_ptr().cast(),
            service.len() as libc::socklen_t,
            flags,
        )
    };
    if code != 0 {
        return Err(resolver_failure(code));
    }
    let text = |b: &[u8]| b.iter().copied().take_while(|&b| b != 0).collect();
    Ok((text(&host), text(&service)))
}

/// An entry of the database of machines: name, further names, addresses as bytes of a family.
pub struct Host {
    pub name: Vec<u8>,
    pub aliases: Vec<Vec<u8>>,
    pub family: i32,
    pub addresses: Vec<Vec<u8>>,
}

/// # Safety
/// An entry as the C library fills it.
unsafe fn host(h: &libc::hostent) -> Host {
    // SAFETY: strings and arrays that end in null.
    unsafe {
        let list = |p: *mut *mut libc::c_char| {
            let mut all = Vec::new();
            let mut p = p;
            while !p.is_null() && !(*p).is_null() {
                all.push(*p);
                p = p.add(1);
            }
            all
        };
        let len = usize::try_from(h.h_length).unwrap_or(0);
        let addresses = list(h.h_addr_list);
        Host {
            name: text(h.h_name),
            aliases: list(h.h_aliases).into_iter().map(|p| text(p)).collect(),
            family: h.h_addrtype,
            addresses: addresses.into_iter().map(|p| std::slice::from_raw_parts(p.cast::<u8>(), len).to_vec()).collect(),
        }
    }
}

fn look_up(
    call: impl Fn(*mut libc::hostent, *mut libc::c_char, usize, *mut *mut libc::hostent, *mut libc::c_int) -> libc::c_int,
) -> std::result::Result<Host, Failure> {
    let mut room = 16384;
    loop {
        let mut memory = vec![0u8; room];
        let (mut found, mut code) = (std::ptr::null_mut(), 0);
        let mut entry = std::mem::MaybeUninit::<libc::hostent>::uninit();
        let result = call(entry.as_mut_ptr(), memory.as_mut_ptr().cast(), room, &mut found, &mut code);
        if result == libc::ERANGE && room < 1 << 24 {
            room *= 2;
            continue;
        }
        // SAFETY: null, or the entry, whose content is in `memory`.
        return match unsafe { found.as_ref().map(|h| host(h)) } {
            Some(h) => Ok(h),
            None => Err(host_failure(code)),
        };
    }
}

/// The machine of a name.
pub fn host_by_name(name: &CStr) -> std::result::Result<Host, Failure> {
    // SAFETY: a string, and places as the function wants them.
    look_up(|e, t, n, f, c| unsafe { gethostbyname_r(name.as_ptr(), e, t, n, f, c) })
}

/// The machine of an address (4 or 16 bytes).
pub fn host_by_address(address: &[u8], family: i32) -> std::result::Result<Host, Failure> {
    let len = address.len() as libc::socklen_t;
    // SAFETY: bytes and their number, and places as the function wants them.
    look_up(|e, t, n, f, c| unsafe { gethostbyaddr_r(address.as_ptr().cast(), len, family, e, t, n, f, c) })
}

/// The port of a service. Callers hold one lock over this and the following two, which use static memory.
pub fn service_port(name: &CStr, protocol: Option<&CStr>) -> Option<u16> {
    let protocol = protocol.map_or(std::ptr::null(), CStr::as_ptr);
    // SAFETY: strings or null; the entry is read at once.
    unsafe { libc::getservbyname(name.as_ptr(), protocol).as_ref() }.map(|s| u16::from_be(s.s_port as u16))
}

/// The service of a port.
pub fn service_name(port: u16, protocol: Option<&CStr>) -> Option<Vec<u8>> {
    let protocol = protocol.map_or(std::ptr::null(), CStr::as_ptr);
    // SAFETY: a string or null; the entry is read at once.
    unsafe { libc::getservbyport(i32::from(port.to_be()), protocol).as_ref().map(|s| text(s.s_name)) }
}

/// The number of a protocol.
pub fn protocol_number(name: &CStr) -> Option<i32> {
    // SAFETY: a string; the entry is read at once.
    unsafe { libc::getprotobyname(name.as_ptr()).as_ref() }.map(|p| p.p_proto)
}

/// An IPv4 address as C reads it, in any of its short forms.
pub fn loose_ipv4(text: &CStr) -> Option<[u8; 4]> {
    let mut ip = [0; 4];
    // SAFETY: a string, and a place for four bytes.
    (unsafe { inet_aton(text.as_ptr(), &mut ip) } != 0).then_some(ip)
}

/// An address (4 or 16 bytes) as text. `None` for text that is none. Errors: `EAFNOSUPPORT`.
pub fn to_binary(family: i32, text: &CStr) -> Result<Option<Vec<u8>>> {
    let mut ip = [0u8; 16];
    // SAFETY: a string, and room for the longest address.
    match unsafe { inet_pton(family, text.as_ptr(), ip.as_mut_ptr().cast()) } {
        0 => Ok(None),
        1 => Ok(Some(ip[..if family == libc::AF_INET { 4 } else { 16 }].to_vec())),
        _ => Err(Error::last_os_error()),
    }
}

/// The text of an address; its length has to be that of the family (`AF_INET` 4, `AF_INET6` 16).
pub fn to_text(family: i32, address: &[u8]) -> Result<Vec<u8>> {
    let wanted = if family == libc::AF_INET { 4 } else { 16 };
    if address.len() != wanted {
        return Err(Error::from_raw_os_error(libc::EINVAL));
    }
    let mut out = [0u8; 64];
    // SAFETY: as many bytes as the family has, and room with its length.
    unsafe {
        let p = inet_ntop(family, address.as_ptr().cast(), out.as_mut_ptr().cast(), out.len() as libc::socklen_t);
        if p.is_null() { Err(Error::last_os_error()) } else { Ok(text(p)) }
    }
}

/// All network devices: number and name.
pub fn interfaces() -> Result<Vec<(u32, Vec<u8>)>> {
    let mut all = Vec::new();
    // SAFETY: an array that ends with number 0, freed after its content is copied.
    unsafe {
        let list = libc::if_nameindex();
        if list.is_null() {
            return Err(Error::last_os_error());
        }
        let mut p = list;
        while (*p).if_index != 0 && !(*p).if_name.is_null() {
            all.push(((*p).if_index, text((*p).if_name)));
            p = p.add(1);
        }
        libc::if_freenameindex(list);
    }
    Ok(all)
}

/// The number of a network device.
pub fn interface_index(name: &CStr) -> Result<u32> {
    // SAFETY: a string.
    match unsafe { libc::if_nametoindex(name.as_ptr()) } {
        0 => Err(Error::last_os_error()),
        n => Ok(n),
    }
}

/// The name of a network device.
pub fn interface_name(index: u32) -> Result<CString> {
    let mut name = [0 as libc::c_char; libc::IF_NAMESIZE];
    // SAFETY: room as the function wants it; it writes a string.
    unsafe {
        if libc::if_indextoname(index, name.as_mut_ptr()).is_null() {
            return Err(Error::last_os_error());
        }
        Ok(CStr::from_ptr(name.as_ptr()).to_owned())
    }
}
