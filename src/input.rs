//! Reads lines from a file or standard input, compressed or not, without holding more than one.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use flate2::bufread::MultiGzDecoder;

/// The longest line that is accepted: 1 MiB.
pub const MAX_LINE_BYTES: usize = 1 << 20;

const GZIP_MAGIC: [u8; 2] = [0x1F, 0x8B];

/// Lines of bytes from a file or standard input. A gzip file is recognised by its first bytes.
pub struct Lines {
    name: String,
    input: BufReader<Box<dyn Read>>,
    line: Vec<u8>,
    number: u64,
}

impl Lines {
    /// Opens a file; `-` is standard input.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn open(path: &Path) -> Result<Self> {
        let name = name_of(path);
        Self::of(&name, opened(path)?)
    }

    /// Reads lines from any other input; the name is for messages.
    ///
    /// # Errors
    /// If the first bytes cannot be read.
    pub fn of(name: &str, input: impl Read + 'static) -> Result<Self> {
        let input = decompressed(name, Box::new(input))?;
        Ok(Self {
            name: name.to_owned(),
            input,
            line: Vec::new(),
            number: 0,
        })
    }

    /// Returns the next line without its end (`\n` or `\r\n`), or `None` after the last.
    ///
    /// # Errors
    /// If reading fails or the line is longer than [`MAX_LINE_BYTES`].
    pub fn next_line(&mut self) -> Result<Option<&[u8]>> {
        self.line.clear();
        self.number += 1;
        let mut limited = (&mut self.input).take(MAX_LINE_BYTES as u64 + 2);
        let place = || format!("{}:{}", self.name, self.number);
        limited
            .read_until(b'\n', &mut self.line)
            .with_context(place)?;
        if self.line.is_empty() {
            return Ok(None);
        }
        let line = self.line.strip_suffix(b"\n").unwrap_or(&self.line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.len() > MAX_LINE_BYTES {
            bail!("{}: line longer than {MAX_LINE_BYTES} bytes", place());
        }
        Ok(Some(line))
    }

    /// Returns the number of the last line read, starting from 1.
    #[must_use]
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// Returns whether no whole line is left without reading on, which may have to wait: the time to write
    /// out what is held back.
    #[must_use]
    pub fn is_drained(&self) -> bool {
        memchr::memchr(b'\n', self.input.buffer()).is_none()
    }
}

/// Returns the whole text of a file, compressed with gzip or not.
///
/// # Errors
/// If the file cannot be read or is not UTF-8.
pub fn text(path: &Path) -> Result<String> {
    let mut lines = Lines::open(path)?;
    let mut text = String::new();
    let place = || format!("{}: cannot read this file as text", name_of(path));
    lines.input.read_to_string(&mut text).with_context(place)?;
    Ok(text)
}

/// Returns the bytes of a file, compressed with gzip or not; `-` is standard input.
///
/// # Errors
/// If the file cannot be read.
pub(crate) fn bytes_of(path: &Path) -> Result<impl Read + use<>> {
    decompressed(&name_of(path), opened(path)?)
}

fn opened(path: &Path) -> Result<Box<dyn Read>> {
    if is_stdin(path) {
        return Ok(Box::new(io::stdin()));
    }
    let file =
        File::open(path).with_context(|| format!("{}: cannot read this file", name_of(path)))?;
    Ok(Box::new(file))
}

fn decompressed(name: &str, input: Box<dyn Read>) -> Result<BufReader<Box<dyn Read>>> {
    let mut input = buffered(input);
    let head = input
        .fill_buf()
        .with_context(|| format!("{name}: cannot read this file"))?;
    if head.starts_with(&GZIP_MAGIC) {
        input = buffered(Box::new(MultiGzDecoder::new(input)));
    }
    Ok(input)
}

pub(crate) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Returns the name of a config among others: its file name without the ending, or its whole path if another config has
/// the same name.
pub(crate) fn label(path: &Path, all: &[PathBuf]) -> String {
    let stem = path.file_stem().unwrap_or(path.as_os_str());
    let same = all
        .iter()
        .filter(|other| other.file_stem() == path.file_stem());
    let name = if same.count() > 1 {
        path.as_os_str()
    } else {
        stem
    };
    name.to_string_lossy().into_owned()
}

/// Returns the name of a file in messages.
#[must_use]
pub fn name_of(path: &Path) -> String {
    if is_stdin(path) {
        return "standard input".to_owned();
    }
    path.display().to_string()
}

fn buffered(input: Box<dyn Read>) -> BufReader<Box<dyn Read>> {
    BufReader::with_capacity(1 << 16, input)
}
