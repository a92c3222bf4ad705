//! A Unix socket that is a file: for its owner only, and gone with its listener.

use std::fs;
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use rustix::fs::Mode;
use rustix::process::umask;

use super::address::Address;
use super::error::ListenError;

/// A listener and the file of its socket, which is removed with it.
#[derive(Debug)]
pub(super) struct UnixSocket {
    pub(super) listener: UnixListener,
    path: PathBuf,
    /// The file by device and inode: another process may have put its own in place.
    file: (u64, u64),
}

impl UnixSocket {
    /// Listens at a path. The file of a socket that no process listens at is replaced.
    pub(super) fn bind(path: &Path) -> Result<Self, ListenError> {
        let failed = |source| ListenError::System {
            address: Address::Unix(path.to_owned()),
            source,
        };
        match fs::symlink_metadata(path) {
            Ok(found) if !found.file_type().is_socket() => {
                return Err(ListenError::NotASocket(path.to_owned()));
            }
            Ok(_) if is_live(path).map_err(failed)? => {
                return Err(ListenError::InUse(path.to_owned()));
            }
            Ok(_) => fs::remove_file(path).map_err(failed)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(error)),
        }
        let listener = bind_for_owner(path).map_err(failed)?;
        Ok(Self {
            file: identity(path).map_err(failed)?,
            listener,
            path: path.to_owned(),
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for UnixSocket {
    fn drop(&mut self) {
        if identity(&self.path).is_ok_and(|file| file == self.file) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Whether a process listens at a socket. One with a full queue does.
fn is_live(path: &Path) -> io::Result<bool> {
    match UnixStream::connect(path) {
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => Ok(false),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(true),
        Err(error) => Err(error),
        Ok(_) => Ok(true),
    }
}

/// Creates the socket with the permissions of its owner only: set afterwards, they would come too late for a client
/// that connects at once.
fn bind_for_owner(path: &Path) -> io::Result<UnixListener> {
    let before = umask(Mode::RWXG | Mode::RWXO | Mode::XUSR);
    let listener = UnixListener::bind(path);
    umask(before);
    listener
}

fn identity(path: &Path) -> io::Result<(u64, u64)> {
    let file = fs::symlink_metadata(path)?;
    Ok((file.dev(), file.ino()))
}
