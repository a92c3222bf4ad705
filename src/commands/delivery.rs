//! What `export` and `import` write.

use std::io::Write;
use std::path::Path;

use anyhow::Result;
use serde::Serialize;

use super::exit::No;
use crate::exchange::Verdicts;
use crate::outputs::write_file;
use crate::report::json;

/// Where verdicts and a configuration go.
pub(super) struct Delivery<'a> {
    /// Whether nothing is written unless all is exact.
    pub(super) strict: bool,
    /// Whether both go to the output as one JSON object; else the verdicts go to standard error.
    pub(super) as_json: bool,
    /// The file for the configuration, in place of the output.
    pub(super) file: Option<&'a Path>,
    /// The file that the verdicts are about, if they are about one.
    pub(super) place: &'a str,
}

/// Both as one JSON object.
#[derive(Serialize)]
struct Conversion<'a> {
    verdicts: &'a Verdicts,
    text: Option<&'a str>,
}

impl Delivery<'_> {
    /// Writes the verdicts, and the configuration if they allow it.
    ///
    /// # Errors
    /// If they do not, or the output is at fault.
    pub(super) fn write(
        &self,
        verdicts: &Verdicts,
        text: Option<&str>,
        output: &mut impl Write,
    ) -> Result<()> {
        let accepted = verdicts.accept(self.strict);
        let text = text.filter(|_| accepted.is_ok());
        if self.as_json {
            output.write_all(&json(&Conversion { verdicts, text })?)?;
            output.flush()?;
        } else {
            eprint!("{}", verdicts.lines(self.place));
        }
        accepted.map_err(No::because)?;
        let text = text.unwrap_or_default();
        match self.file {
            Some(path) => write_file(path, text)?,
            None if self.as_json => {}
            None => output.write_all(text.as_bytes())?,
        }
        Ok(())
    }
}
