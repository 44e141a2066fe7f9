//! Addresses: from tuples and paths to the system's structures and back.

use super::arguments::{bits, c_int, host, port};
use super::resolve::lookup;
use host::address::{Address, Parts};
use runtime::buffer::BytesLike;
use runtime::os::calls::OrRaise;
use runtime::os::path;
use runtime::types::exceptions::OS_ERROR;
use runtime::types::str::{self as pystr, Str};
use runtime::types::tuple::{self, Tuple};
use runtime::types::{bytes, int};
use runtime::{Obj, ObjExt, PyResult, Raised, Thread, int_obj, none};

/// Families whose addresses are understood.
pub(super) mod family {
    pub(crate) const UNSPEC: i32 = 0;
    pub(crate) const UNIX: i32 = 1;
    pub(crate) const INET: i32 = 2;
    pub(crate) const INET6: i32 = 10;
    pub(crate) const NETLINK: i32 = 16;
    pub(crate) const PACKET: i32 = 17;
    pub(crate) const CAN: i32 = 29;
    pub(crate) const ALG: i32 = 38;
    pub(crate) const VSOCK: i32 = 40;
}

/// Longest flow label.
const FLOW_LIMIT: u32 = 0xf_ffff;

fn items<'a>(th: &Thread, caller: &str, name: &str, o: &'a Obj) -> PyResult<&'a [Obj]> {
    match o.downcast::<Tuple>() {
        Some(t) => Ok(t.items()),
        None => Err(th.type_error(format!("{caller}(): {name} address must be tuple, not {}", o.ty().name()))),
    }
}

#[cold]
fn os_error(th: &Thread, message: &str) -> Raised {
    th.raise_message(OS_ERROR, message)
}

/// The address that `o` stands for in a family; `caller` is the method, for errors.
pub(super) fn from_object(th: &Thread, caller: &str, family: i32, protocol: i32, o: &Obj) -> PyResult<Address> {
    match family {
        family::INET => {
            let [name, number] = items(th, caller, "AF_INET", o)? else {
                return Err(th.type_error("AF_INET address must be a pair (host, port)"));
            };
            let name = host(th, name)?;
            let port = port(th, caller, number)?;
            match lookup(th, &name, family::INET)?.parts() {
                Parts::Inet { ip, .. } => Ok(Address::inet(ip, port)),
                _ => Err(os_error(th, "unknown address family")),
            }
        }
        family::INET6 => {
            let all = items(th, caller, "AF_INET6", o)?;
            if !(2..=4).contains(&all.len()) {
                return Err(th.type_error("AF_INET6 address must be a tuple (host, port[, flowinfo[, scopeid]])"));
            }
            let name = host(th, &all[0])?;
            let port = port(th, caller, &all[1])?;
            let flow = all.get(2).map_or(Ok(0), |o| bits(th, o))?;
            let scope = all.get(3).map_or(Ok(0), |o| bits(th, o))?;
            if flow > FLOW_LIMIT {
                return Err(th.overflow_error(format!("{caller}(): flowinfo must be 0-1048575.")));
            }
            match lookup(th, &name, family::INET6)?.parts() {
                Parts::Inet6 { ip, scope: own, .. } => {
                    Ok(Address::inet6(ip, port, flow, if all.len() > 3 { scope } else { own }))
                }
                _ => Err(os_error(th, "unknown address family")),
            }
        }
        family::UNIX => {
            let name = match o.downcast::<Str>() {
                Some(s) => path::encode(th, s)?,
                None => BytesLike::new(th, o)?.as_slice().to_vec(),
            };
            Address::unix(&name).ok_or_else(|| os_error(th, "AF_UNIX path too long"))
        }
        family::NETLINK => {
            let [pid, groups] = items(th, caller, "AF_NETLINK", o)? else {
                return Err(th.type_error("AF_NETLINK address must be a pair (pid, groups)"));
            };
            Ok(Address::netlink(bits(th, pid)?, bits(th, groups)?))
        }
        family::VSOCK => {
            let all = match o.downcast::<Tuple>() {
                Some(t) => t.items(),
                None => {
                    return Err(th.type_error(format!("getsockaddrarg: AF_VSOCK address must be tuple, not {}", o.ty().name())));
                }
            };
            let [cid, port] = all else {
                return Err(th.type_error("getsockaddrarg: AF_VSOCK address must be a pair (CID, port)"));
            };
            Ok(Address::vsock(bits(th, cid)?, bits(th, port)?))
        }
        family::PACKET => packet(th, caller, o),
        family::CAN => can(th, caller, protocol, o),
        family::ALG => algorithm(th, caller, o),
        _ => Err(os_error(th, &format!("{caller}(): bad family"))),
    }
}

fn packet(th: &Thread, caller: &str, o: &Obj) -> PyResult<Address> {
    const WRONG: &str = "AF_PACKET address must be a tuple of two to five elements";
    let all = items(th, caller, "AF_PACKET", o)?;
    if !(2..=5).contains(&all.len()) || all[0].downcast::<Str>().is_none() {
        return Err(th.type_error(WRONG));
    }
    let name = super::arguments::text(th, caller, 1, &all[0])?;
    let protocol = c_int(th, &all[1])?;
    let kind = all.get(2).map_or(Ok(0), |o| c_int(th, o))?;
    let hardware = all.get(3).map_or(Ok(0), |o| c_int(th, o))?;
    let address = all.get(4).map_or(Ok(Vec::new()), |o| runtime::buffer::bytes_of(th, o))?;
    if address.len() > 8 {
        return Err(th.value_error("Hardware address must be 8 bytes or less"));
    }
    let Ok(protocol) = u16::try_from(protocol) else {
        return Err(th.overflow_error(format!("{caller}(): proto must be 0-65535.")));
    };
    let index = host::names::interface_index(&name).or_raise(th)?;
    Ok(Address::packet(index as i32, protocol, kind as u8, hardware as u16, &address))
}

fn interface(th: &Thread, name: &Obj) -> PyResult<i32> {
    let c = path::c_string(th, name)?;
    if c.is_empty() { Ok(0) } else { host::names::interface_index(&c).or_raise(th).map(|n| n as i32) }
}

fn can(th: &Thread, caller: &str, protocol: i32, o: &Obj) -> PyResult<Address> {
    const RAW: i32 = 1;
    const BROADCAST: i32 = 2;
    const ISOTP: i32 = 6;
    let all = items(th, caller, "AF_CAN", o)?;
    match (protocol, all) {
        (RAW | BROADCAST, [name, ..]) => Ok(Address::can(interface(th, name)?, [0, 0])),
        (ISOTP, [name, receive, send]) => Ok(Address::can(interface(th, name)?, [bits(th, receive)?, bits(th, send)?])),
        (ISOTP, _) => Err(th.type_error(format!("{caller}(): AF_CAN address must be a tuple (interface, rx_addr, tx_addr)"))),
        _ => Err(os_error(th, &format!("{caller}(): unsupported CAN protocol"))),
    }
}

fn algorithm(th: &Thread, caller: &str, o: &Obj) -> PyResult<Address> {
    let all = items(th, caller, "AF_ALG", o)?;
    if !(2..=4).contains(&all.len()) {
        return Err(th.type_error("AF_ALG address must be a tuple (type, name [feat[, mask]])"));
    }
    let kind = super::arguments::text(th, caller, 1, &all[0])?;
    let name = super::arguments::text(th, caller, 2, &all[1])?;
    let features = all.get(2).map_or(Ok(0), |o| bits(th, o))?;
    let mask = all.get(3).map_or(Ok(0), |o| bits(th, o))?;
    Address::algorithm(kind.to_bytes(), features, mask, name.to_bytes()).ok_or_else(|| {
        th.value_error(if kind.as_bytes().len() >= 14 { "AF_ALG type too long." } else { "AF_ALG name too long." })
    })
}

/// An address as Python shows it (`makesockaddr`).
pub(super) fn to_object(th: &Thread, a: &Address, protocol: i32) -> PyResult<Obj> {
    let numbers = |all: &[i64]| tuple::from_vec(all.iter().map(|&n| int_obj(n)).collect()).into_obj();
    Ok(match a.parts() {
        Parts::Empty => none(),
        Parts::Inet { ip, port } => {
            let [a, b, c, d] = ip;
            tuple::from_array([pystr::new(&format!("{a}.{b}.{c}.{d}")).into_obj(), int_obj(port.into())]).into_obj()
        }
        Parts::Inet6 { port, flow, scope, .. } => {
            let name = super::resolve::numeric_host(th, a)?;
            tuple::from_array([name, int_obj(port.into()), int_obj(flow.into()), int_obj(scope.into())]).into_obj()
        }
        Parts::Unix(name) if name.first() == Some(&0) => bytes::new(&name).into_obj(),
        Parts::Unix(name) => path::decode(&name).into_obj(),
        Parts::Netlink { pid, groups } => numbers(&[pid.into(), groups.into()]),
        Parts::Vsock { cid, port } => numbers(&[cid.into(), port.into()]),
        Parts::Packet { interface, protocol, kind, hardware, address } => {
            let name = device_name(interface);
            let (protocol, kind, hardware) = (int_obj(protocol.into()), int_obj(kind.into()), int_obj(hardware.into()));
            tuple::from_array([name, protocol, kind, hardware, bytes::new(&address).into_obj()]).into_obj()
        }
        Parts::Can { interface } => {
            const ISOTP: i32 = 6;
            let name = device_name(interface);
            if protocol == ISOTP {
                tuple::from_array([name, int_obj(0), int_obj(0)]).into_obj()
            } else {
                tuple::from_array([name]).into_obj()
            }
        }
        Parts::Other(family, content) => {
            tuple::from_array([int::from_i64(family.into()), bytes::new(&content).into_obj()]).into_obj()
        }
    })
}

fn device_name(index: i32) -> Obj {
    let name = u32::try_from(index).ok().and_then(|n| host::names::interface_name(n).ok());
    path::decode(name.as_deref().map_or(&[], |n| n.to_bytes())).into_obj()
}
