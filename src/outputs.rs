//! Where a report goes: to standard output, into files and, as plots, into a folder.

mod files;

use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use terminal_size::{Width, terminal_size_of};

use crate::plot;
use crate::progress::Voice;
use crate::report::{Format, Rendering, Reported, View};

pub(crate) use files::{check_files, check_folder, refuse_overwriting};

/// The remark of a build without PNG.
const NO_PNG: &str = "plots are written as SVG only; for PNG as well, build with `--features png`";

/// Where a report goes, and what wrote it.
#[derive(Debug)]
pub(crate) struct Outputs<'a> {
    /// How it is written to standard output.
    pub(crate) format: Format,
    /// The files that it is written to as well, and how.
    pub(crate) exports: &'a [(PathBuf, Format)],
    /// The folder of its plots.
    pub(crate) plots: Option<&'a Path>,
    /// Whether text shows all tables, not only the answer.
    pub(crate) details: bool,
    /// The program's command line, which pages show.
    pub(crate) command: &'a str,
    pub(crate) voice: Voice,
}

impl Outputs<'_> {
    /// Refuses outputs that cannot be right, before anything is measured; `beside` is what the command writes else.
    ///
    /// # Errors
    /// If one of the files is an input or another output, or a file or the folder of the plots cannot be written.
    pub(crate) fn check<'a>(
        &self,
        inputs: impl IntoIterator<Item = &'a PathBuf>,
        beside: Option<&PathBuf>,
    ) -> Result<()> {
        let inputs: Vec<_> = inputs.into_iter().collect();
        let exports = self.exports.iter().map(|(path, _)| path);
        check_files(exports.chain(beside), inputs.iter().copied())?;
        let plots = self.plots.map(|folder| {
            inputs
                .iter()
                .filter_map(|input| plot::would_be(input, folder))
        });
        refuse_overwriting(&plots.into_iter().flatten().collect::<Vec<_>>(), inputs)?;
        self.plots.map_or(Ok(()), check_folder)
    }

    /// Whether plots are drawn, for which more may have to be measured.
    pub(crate) fn are_drawn(&self) -> bool {
        self.plots.is_some() || self.have(Format::Html)
    }

    /// Whether text goes to a terminal, where it is read once.
    pub(crate) fn are_on_a_terminal(&self) -> bool {
        self.format == Format::Text && io::stdout().is_terminal()
    }

    /// Whether one of them is of a format.
    pub(crate) fn have(&self, format: Format) -> bool {
        let exports = self.exports.iter().map(|(_, format)| *format);
        exports.chain([self.format]).any(|other| other == format)
    }

    /// Writes a report to all of them.
    ///
    /// # Errors
    /// If one of them cannot be written.
    pub(crate) fn write<R: Reported + ?Sized>(
        &self,
        report: &R,
        output: &mut impl Write,
    ) -> Result<()> {
        let with_bars = self.details && self.are_on_a_terminal();
        let drawn = with_bars || self.are_drawn() || self.have(Format::Bars);
        let rendering = Rendering::of(report, drawn);
        self.print(&rendering, with_bars, output)?;
        for (path, format) in self.exports {
            let view = View {
                details: self.details,
                ..View::brief(None)
            };
            write_file(path, rendering.bytes(*format, self.command, view)?)?;
        }
        if let Some(folder) = self.plots {
            let plots = &rendering.document().plots;
            plot::write_files(plots, folder)?;
            if plots.is_empty() {
                self.voice.remark("this report has no plots");
            } else if cfg!(not(feature = "png")) {
                self.voice.remark(NO_PNG);
            }
        }
        // The report comes before the notes on it.
        output.flush().context("cannot write the output")
    }

    /// Writes it to the output, and to standard error what the format has no room for.
    fn print<R: Reported + ?Sized>(
        &self,
        rendering: &Rendering<'_, R>,
        with_bars: bool,
        output: &mut impl Write,
    ) -> Result<()> {
        let format = self.format;
        if matches!(
            format,
            Format::Csv | Format::Json | Format::Jsonl | Format::Bars
        ) {
            // Tables and pages say it themselves.
            let caveats = &rendering.document().caveats;
            caveats.iter().for_each(|caveat| self.voice.remark(caveat));
        }
        let view = View {
            details: self.details,
            ..stdout_view()
        };
        let bytes = rendering.bytes(format, self.command, view)?;
        if format == Format::Bars && bytes.is_empty() {
            self.voice.remark("there is nothing to be drawn as bars");
        }
        output.write_all(&bytes)?;
        if with_bars {
            let bars = rendering.bytes(Format::Bars, self.command, view)?;
            if !bars.is_empty() {
                output.write_all(b"\n")?;
                output.write_all(&bars)?;
            }
        }
        Ok(())
    }
}

/// How text is shown on standard output: as wide as the terminal, if it is one.
pub(crate) fn stdout_view() -> View {
    View::brief(terminal_size_of(io::stdout()).map(|(Width(width), _)| width.into()))
}

/// Writes a file again.
///
/// # Errors
/// If it cannot be written, with its name.
pub(crate) fn write_file(path: &Path, bytes: impl AsRef<[u8]>) -> Result<()> {
    fs::write(path, bytes).with_context(|| cannot_write(path))
}

/// The error for a file or a folder that cannot be written.
pub(crate) fn cannot_write(path: &Path) -> String {
    format!("{}: cannot write", path.display())
}
