//! The files and folders that a command writes, checked before it measures anything.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail, ensure};

use super::cannot_write;

/// Rejects files that cannot be right.
///
/// # Errors
/// If one of them is one of the inputs or another of them, or cannot be written.
pub(crate) fn check_files<'a>(
    outputs: impl IntoIterator<Item = &'a PathBuf>,
    inputs: impl IntoIterator<Item = &'a PathBuf>,
) -> Result<()> {
    let outputs: Vec<_> = outputs.into_iter().collect();
    refuse_overwriting(outputs.iter().copied(), inputs)?;
    outputs.into_iter().try_for_each(|path| check_file(path))
}

/// Rejects outputs that would overwrite an input or another output.
///
/// # Errors
/// If one of the outputs is one of the inputs or another output.
pub(crate) fn refuse_overwriting<'a>(
    outputs: impl IntoIterator<Item = &'a PathBuf>,
    inputs: impl IntoIterator<Item = &'a PathBuf>,
) -> Result<()> {
    let inputs = inputs
        .into_iter()
        .filter_map(|path| path.canonicalize().ok());
    let inputs: Vec<_> = inputs.collect();
    let mut written = Vec::new();
    for output in outputs {
        let Some(place) = place(output) else {
            continue;
        };
        let shown = output.display();
        ensure!(
            !inputs.contains(&place),
            "{shown}: refusing to overwrite an input file"
        );
        ensure!(
            !written.contains(&place),
            "{shown}: two outputs would be written to this file; expected a file for each"
        );
        written.push(place);
    }
    Ok(())
}

/// Rejects a folder that is neither there nor can be made.
///
/// # Errors
/// If it or the folder that it would be in is a file, or cannot be written.
pub(crate) fn check_folder(folder: &Path) -> Result<()> {
    let mut there = folder.ancestors().filter(|folder| folder.exists());
    let there = there.next().unwrap_or(Path::new("."));
    ensure!(
        there.is_dir(),
        "{}: expected a folder, not a file",
        there.display()
    );
    ensure!(
        is_writable(there),
        "{}: this folder cannot be written",
        cannot_write(folder)
    );
    Ok(())
}

/// Where a file is or would be, whatever it is called; none if its folder is not there.
fn place(path: &Path) -> Option<PathBuf> {
    let of_new = || Some(folder_of(path).canonicalize().ok()?.join(path.file_name()?));
    path.canonicalize().ok().or_else(of_new)
}

/// The folder that a file is in.
fn folder_of(path: &Path) -> &Path {
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    folder.unwrap_or(Path::new("."))
}

fn check_file(path: &Path) -> Result<()> {
    let folder = folder_of(path);
    if path.is_dir() {
        bail!("{}: expected a file, not a folder", path.display());
    }
    if !folder.is_dir() {
        bail!(
            "{}: there is no folder `{}`",
            cannot_write(path),
            folder.display()
        );
    }
    let written = if path.exists() { path } else { folder };
    ensure!(
        is_writable(written),
        "{}: permission denied",
        cannot_write(path)
    );
    Ok(())
}

/// Whether the system lets this process write to a file or to a folder.
#[cfg(unix)]
fn is_writable(path: &Path) -> bool {
    use rustix::fs::{Access, access};
    access(path, Access::WRITE_OK).is_ok()
}

/// Whether a file or a folder is writable; whether this process may write it shows when it is written.
#[cfg(not(unix))]
fn is_writable(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|file| !file.permissions().readonly() || file.is_dir())
}
