//! Addresses of sockets: the system's structures, made and read byte by byte as Linux lays them out.

use libc::{AF_ALG, AF_CAN, AF_INET, AF_INET6, AF_NETLINK, AF_PACKET, AF_UNIX, AF_VSOCK};

/// Room for any address.
pub const CAPACITY: usize = size_of::<libc::sockaddr_storage>();
/// Longest path of a socket in the file system.
pub const UNIX_PATH: usize = 108;

/// A `sockaddr` of any family.
#[derive(Clone, Copy)]
pub struct Address {
    pub(crate) bytes: [u8; CAPACITY],
    pub(crate) len: usize,
}

/// What an address says.
pub enum Parts {
    /// Nothing: the system gave no address.
    Empty,
    Inet {
        ip: [u8; 4],
        port: u16,
    },
    Inet6 {
        ip: [u8; 16],
        port: u16,
        flow: u32,
        scope: u32,
    },
    /// A path, or a name that begins with a null byte.
    Unix(Vec<u8>),
    Netlink {
        pid: u32,
        groups: u32,
    },
    Packet {
        interface: i32,
        protocol: u16,
        kind: u8,
        hardware: u16,
        address: Vec<u8>,
    },
    Vsock {
        cid: u32,
        port: u32,
    },
    Can {
        interface: i32,
    },
    /// A family whose addresses are not taken apart: the bytes behind its number.
    Other(i32, Vec<u8>),
}

impl Address {
    /// No address yet, with room for any.
    pub fn empty() -> Address {
        Address { bytes: [0; CAPACITY], len: 0 }
    }

    fn start(family: i32) -> Address {
        let mut a = Address::empty();
        a.push(&(family as u16).to_ne_bytes());
        a
    }

    fn push(&mut self, bytes: &[u8]) {
        let end = (self.len + bytes.len()).min(CAPACITY);
        let n = end - self.len;
        self.bytes[self.len..end].copy_from_slice(&bytes[..n]);
        self.len = end;
    }

    /// IPv4.
    pub fn inet(ip: [u8; 4], port: u16) -> Address {
        let mut a = Address::start(AF_INET);
        a.push(&port.to_be_bytes());
        a.push(&ip);
        a.push(&[0; 8]);
        a
    }

    /// IPv6.
    pub fn inet6(ip: [u8; 16], port: u16, flow: u32, scope: u32) -> Address {
        let mut a = Address::start(AF_INET6);
        a.push(&port.to_be_bytes());
        a.push(&flow.to_be_bytes());
        a.push(&ip);
        a.push(&scope.to_ne_bytes());
        a
    }

    /// A path, or a name that begins with a null byte; `None` when it is too long.
    pub fn unix(path: &[u8]) -> Option<Address> {
        let mut a = Address::start(AF_UNIX);
        a.push(path);
        match path {
            // The empty path asks the system for a name.
            [] => {}
            [0, ..] if path.len() <= UNIX_PATH => {}
            [0, ..] => return None,
            _ if path.len() < UNIX_PATH => a.push(&[0]),
            _ => return None,
        }
        Some(a)
    }

    /// Of the kernel's message system.
    pub fn netlink(pid: u32, groups: u32) -> Address {
        let mut a = Address::start(AF_NETLINK);
        a.push(&[0; 2]);
        a.push(&pid.to_ne_bytes());
        a.push(&groups.to_ne_bytes());
        a
    }

    /// Of a network device; `address` has at most 8 bytes.
    pub fn packet(interface: i32, protocol: u16, kind: u8, hardware: u16, address: &[u8]) -> Address {
        let mut a = Address::start(AF_PACKET);
        a.push(&protocol.to_be_bytes());
        a.push(&interface.to_ne_bytes());
        a.push(&hardware.to_ne_bytes());
        a.push(&[kind, address.len().min(8) as u8]);
        let mut padded = [0; 8];
        let n = address.len().min(8);
        padded[..n].copy_from_slice(&address[..n]);
        a.push(&padded);
        a
    }

    /// Between a virtual machine and its host.
    pub fn vsock(cid: u32, port: u32) -> Address {
        let mut a = Address::start(AF_VSOCK);
        a.push(&[0; 2]);
        a.push(&port.to_ne_bytes());
        a.push(&cid.to_ne_bytes());
        a.push(&[0; 4]);
        a
    }

    /// Of a CAN device; further words are a protocol's identifiers.
    pub fn can(interface: i32, words: [u32; 2]) -> Address {
        let mut a = Address::start(AF_CAN);
        a.push(&[0; 2]);
        a.push(&interface.to_ne_bytes());
        a.push(&words[0].to_ne_bytes());
        a.push(&words[1].to_ne_bytes());
        a.push(&[0; 8]);
        a
    }

    /// Of an algorithm in the kernel; `None` when a name is too long.
    pub fn algorithm(kind: &[u8], features: u32, mask: u32, name: &[u8]) -> Option<Address> {
        if kind.len() >= 14 || name.len() >= 64 {
            return None;
        }
        let mut a = Address::start(AF_ALG);
        let (mut k, mut n) = ([0; 14], [0; 64]);
        k[..kind.len()].copy_from_slice(kind);
        n[..name.len()].copy_from_slice(name);
        a.push(&k);
        a.push(&features.to_ne_bytes());
        a.push(&mask.to_ne_bytes());
        a.push(&n);
        Some(a)
    }

    /// The family's number; 0 for none.
    pub fn family(&self) -> i32 {
        if self.len < 2 { 0 } else { u16::from_ne_bytes([self.bytes[0], self.bytes[1]]).into() }
    }

    fn word(&self, at: usize) -> [u8; 4] {
        let b = &self.bytes;
        [b[at], b[at + 1], b[at + 2], b[at + 3]]
    }

    fn port(&self) -> u16 {
        u16::from_be_bytes([self.bytes[2], self.bytes[3]])
    }

    /// What the address says.
    pub fn parts(&self) -> Parts {
        let b = &self.bytes;
        match self.family() {
            _ if self.len == 0 => Parts::Empty,
            AF_INET => Parts::Inet { ip: self.word(4), port: self.port() },
            AF_INET6 => {
                let mut ip = [0; 16];
                ip.copy_from_slice(&b[8..24]);
                let flow = u32::from_be_bytes(self.word(4));
                Parts::Inet6 { ip, port: self.port(), flow, scope: u32::from_ne_bytes(self.word(24)) }
            }
            AF_UNIX => {
                let path = &b[2..self.len.max(2)];
                match path {
                    [0, ..] => Parts::Unix(path.to_vec()),
                    _ => Parts::Unix(path.iter().copied().take_while(|&b| b != 0).collect()),
                }
            }
            AF_NETLINK => Parts::Netlink { pid: u32::from_ne_bytes(self.word(4)), groups: u32::from_ne_bytes(self.word(8)) },
            AF_PACKET => Parts::Packet {
                protocol: self.port(),
                interface: i32::from_ne_bytes(self.word(4)),
                hardware: u16::from_ne_bytes([b[8], b[9]]),
                kind: b[10],
                address: b[12..12 + usize::from(b[11]).min(8)].to_vec(),
            },
            AF_VSOCK => Parts::Vsock { port: u32::from_ne_bytes(self.word(4)), cid: u32::from_ne_bytes(self.word(8)) },
            AF_CAN => Parts::Can { interface: i32::from_ne_bytes(self.word(4)) },
            family => Parts::Other(family, b[2..self.len.max(2)].to_vec()),
        }
    }
}
