//! Errors in a config.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::fault::Fault;

/// The largest config file that is read: 64 MiB, enough for a million backends.
pub const MAX_CONFIG_BYTES: u64 = 64 << 20;

/// Why a config cannot be used.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{}: cannot read this file", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is larger than [`MAX_CONFIG_BYTES`].
    #[error("{}: larger than {MAX_CONFIG_BYTES} bytes, the maximum size of a config", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// The text is not a config.
    #[error("{}:{fault}", path.display())]
    Faulty {
        /// The file.
        path: PathBuf,
        /// The location and the problem.
        fault: Fault,
        /// The text, if it could not be read as what was expected. It may be a file of another kind.
        text: Option<String>,
    },
}

impl Fault {
    /// Returns the fault as an error of a file.
    #[must_use]
    pub fn of_file(self, path: &Path) -> ConfigError {
        ConfigError::Faulty {
            path: path.into(),
            fault: self,
            text: None,
        }
    }

    /// The error that the text of a file cannot be read as what was expected.
    pub fn of_text(self, path: &Path, text: &str) -> ConfigError {
        ConfigError::Faulty {
            path: path.into(),
            fault: self,
            text: Some(text.to_owned()),
        }
    }
}
