//! The connection to a client.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
#[cfg(unix)]
use std::os::unix::net::UnixStream;

#[cfg(unix)]
use rustix::io::ioctl_fionread;

/// A connection of either kind. It is read and written by its client's thread, and shut down by another.
#[derive(Debug)]
pub(super) enum Stream {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(UnixStream),
}

impl Stream {
    pub(super) fn shutdown(&self, how: Shutdown) {
        // The client may have closed it.
        let _ = match self {
            Self::Tcp(stream) => stream.shutdown(how),
            #[cfg(unix)]
            Self::Unix(stream) => stream.shutdown(how),
        };
    }

    /// Returns how many bytes have arrived and were not read.
    #[cfg(unix)]
    pub(super) fn arrived(&self) -> io::Result<u64> {
        let arrived = match self {
            Self::Tcp(stream) => ioctl_fionread(stream),
            Self::Unix(stream) => ioctl_fionread(stream),
        };
        Ok(arrived?)
    }

    /// Returns that any number of bytes may have arrived: the system does not tell.
    #[cfg(not(unix))]
    pub(super) fn arrived(&self) -> io::Result<u64> {
        Ok(u64::MAX)
    }

    /// Has answers sent without waiting for more of them.
    pub(super) fn send_at_once(&self) -> io::Result<()> {
        match self {
            Self::Tcp(stream) => stream.set_nodelay(true),
            #[cfg(unix)]
            Self::Unix(_) => Ok(()),
        }
    }

    pub(super) fn set_nonblocking(&self, nonblocking: bool) -> io::Result<()> {
        match self {
            Self::Tcp(stream) => stream.set_nonblocking(nonblocking),
            #[cfg(unix)]
            Self::Unix(stream) => stream.set_nonblocking(nonblocking),
        }
    }
}

impl Read for &Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Stream::Tcp(stream) => (&mut &*stream).read(buffer),
            #[cfg(unix)]
            Stream::Unix(stream) => (&mut &*stream).read(buffer),
        }
    }
}

impl Write for &Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Stream::Tcp(stream) => (&mut &*stream).write(bytes),
            #[cfg(unix)]
            Stream::Unix(stream) => (&mut &*stream).write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
