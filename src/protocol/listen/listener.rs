//! Sockets that clients connect to.

use std::io;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
#[cfg(unix)]
use std::os::fd::{AsFd, BorrowedFd};

use super::address::Address;
use super::error::ListenError;
use super::stream::Stream;
#[cfg(unix)]
use super::unix_socket::UnixSocket;

/// From where TCP clients may connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// From this machine.
    Loopback,
    /// From any machine.
    Anywhere,
}

/// The open sockets of a server. They are closed, and the files of Unix sockets removed, when it is dropped.
#[derive(Debug)]
pub struct Listeners(Vec<Listener>);

impl Listeners {
    /// Opens a socket for each address. A Unix socket admits its owner only, and replaces one that no process
    /// listens at.
    ///
    /// # Errors
    /// [`ListenError`]; then none is open.
    pub fn open(addresses: &[Address], reach: Reach) -> Result<Self, ListenError> {
        let listeners = addresses
            .iter()
            .map(|address| Listener::open(address, reach));
        listeners.collect::<Result<_, _>>().map(Self)
    }

    /// The addresses, with the ports that the system has chosen.
    ///
    /// # Errors
    /// What the system says.
    pub fn addresses(&self) -> io::Result<Vec<Address>> {
        self.0.iter().map(Listener::address).collect()
    }

    pub(super) fn as_slice(&self) -> &[Listener] {
        &self.0
    }
}

/// A socket of either kind. It never waits for a client.
#[derive(Debug)]
pub(super) enum Listener {
    Tcp(TcpListener),
    #[cfg(unix)]
    Unix(UnixSocket),
}

impl Listener {
    fn open(address: &Address, reach: Reach) -> Result<Self, ListenError> {
        let failed = |source| ListenError::System {
            address: address.clone(),
            source,
        };
        match address {
            Address::Tcp { host, port } => {
                let resolved = (host.as_str(), *port).to_socket_addrs().map_err(failed)?;
                let resolved: Vec<_> = resolved.collect();
                let is_local = |address: &SocketAddr| address.ip().to_canonical().is_loopback();
                if reach == Reach::Loopback && !resolved.iter().all(is_local) {
                    return Err(ListenError::Remote(address.clone()));
                }
                let listener = TcpListener::bind(&*resolved).map_err(failed)?;
                listener.set_nonblocking(true).map_err(failed)?;
                Ok(Self::Tcp(listener))
            }
            #[cfg(unix)]
            Address::Unix(path) => {
                let socket = UnixSocket::bind(path)?;
                socket.listener.set_nonblocking(true).map_err(failed)?;
                Ok(Self::Unix(socket))
            }
            #[cfg(not(unix))]
            Address::Unix(_) => Err(failed(io::ErrorKind::Unsupported.into())),
        }
    }

    fn address(&self) -> io::Result<Address> {
        match self {
            Self::Tcp(listener) => {
                let address = listener.local_addr()?;
                Ok(Address::Tcp {
                    host: address.ip().to_string(),
                    port: address.port(),
                })
            }
            #[cfg(unix)]
            Self::Unix(socket) => Ok(Address::Unix(socket.path().to_owned())),
        }
    }

    /// Takes the next client, if one waits.
    pub(super) fn accept(&self) -> io::Result<Option<Stream>> {
        let accepted = match self {
            Self::Tcp(listener) => listener.accept().map(|(stream, _)| Stream::Tcp(stream)),
            #[cfg(unix)]
            Self::Unix(socket) => socket
                .listener
                .accept()
                .map(|(stream, _)| Stream::Unix(stream)),
        };
        match accepted {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(error),
            Ok(stream) => {
                // Some systems copy this setting from the listener.
                stream.set_nonblocking(false)?;
                stream.send_at_once()?;
                Ok(Some(stream))
            }
        }
    }
}

#[cfg(unix)]
impl AsFd for Listener {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Tcp(listener) => listener.as_fd(),
            Self::Unix(socket) => socket.listener.as_fd(),
        }
    }
}
