//! Output on standard error besides results: progress and notes.

use std::fmt::Display;
use std::path::Path;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::input::name_of;

/// The update interval of a progress bar that counts one by one.
pub(crate) const TOLD: u64 = 1 << 16;

/// The tick of the spinner.
const TICK: Duration = Duration::from_millis(100);

/// Whether progress and notes are shown. Progress is shown only on a terminal, and disappears with its bar.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Voice {
    quiet: bool,
}

impl Voice {
    pub(crate) const fn new(quiet: bool) -> Self {
        Self { quiet }
    }

    /// Prints a note about the results.
    pub(crate) fn remark(self, line: impl Display) {
        if !self.quiet {
            eprintln!("{line}");
        }
    }

    /// Returns a bar with the number of finished things, the rate, and the time left; `what` is its initial message.
    pub(crate) fn bar(self, what: &'static str, total: u64, things: &str) -> ProgressBar {
        self.shown(ProgressBar::new(total), styled(&bar(things)))
            .with_message(what)
    }

    /// Returns a bar with the number of finished slow steps, and the time left.
    pub(crate) fn steps(self, what: &'static str, total: u64) -> ProgressBar {
        let bar = self
            .shown(ProgressBar::new(total), styled(STEPS))
            .with_message(what);
        // The first step may take long.
        bar.tick();
        bar
    }

    /// Returns a counter without a known total, with the rate.
    pub(crate) fn count(self, things: &str) -> ProgressBar {
        self.shown(ProgressBar::new_spinner(), styled(&count(things)))
    }

    /// Returns a spinner for reading a file.
    pub(crate) fn reading(self, path: &Path) -> ProgressBar {
        let spinner = self.shown(ProgressBar::new_spinner(), styled(READING));
        if !spinner.is_hidden() {
            spinner.set_message(name_of(path));
            spinner.enable_steady_tick(TICK);
        }
        spinner
    }

    fn shown(self, bar: ProgressBar, style: ProgressStyle) -> ProgressBar {
        if self.quiet {
            return ProgressBar::hidden();
        }
        bar.with_style(style)
    }
}

/// Counts one by one at no cost, and updates a bar at intervals.
pub(crate) struct Counter<'a> {
    bar: &'a ProgressBar,
    untold: u64,
}

impl<'a> Counter<'a> {
    pub(crate) const fn new(bar: &'a ProgressBar) -> Self {
        Self { bar, untold: 0 }
    }

    #[inline]
    pub(crate) fn count(&mut self) {
        self.untold += 1;
        if self.untold == TOLD {
            self.tell();
        }
    }

    #[cold]
    fn tell(&mut self) {
        self.bar.inc(std::mem::take(&mut self.untold));
    }
}

impl Drop for Counter<'_> {
    fn drop(&mut self) {
        self.tell();
    }
}

const STEPS: &str = "{msg:20!} {bar:20} {pos}/{len}, {eta} left";

const READING: &str = "{spinner} reading {msg}, {elapsed}";

fn bar(things: &str) -> String {
    format!(
        "{{msg:20!}} {{bar:20}} {{percent:>3}}% of {{human_len}} {things}, {{per_sec:0}}, {{eta}} left"
    )
}

fn count(things: &str) -> String {
    format!("{{spinner}} {{human_pos}} {things}, {{per_sec:0}}")
}

fn styled(template: &str) -> ProgressStyle {
    let style = ProgressStyle::with_template(template);
    // A test compares the templates with their expected output.
    style.unwrap_or_else(|_| ProgressStyle::default_bar())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;
    use std::sync::{Arc, Mutex};

    use indicatif::{ProgressDrawTarget, TermLike};

    /// A terminal that records what is written to it.
    #[derive(Clone, Debug, Default)]
    struct Screen(Arc<Mutex<String>>);

    impl TermLike for Screen {
        fn width(&self) -> u16 {
            100
        }
        fn move_cursor_up(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_down(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_right(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_left(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn write_line(&self, line: &str) -> io::Result<()> {
            self.write_str(line)
        }
        fn write_str(&self, text: &str) -> io::Result<()> {
            self.0.lock().unwrap().push_str(text);
            Ok(())
        }
        fn clear_line(&self) -> io::Result<()> {
            Ok(())
        }
        fn flush(&self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Returns the output of a bar for 1,000,000 after 420,000.
    fn drawn(template: &str) -> String {
        let screen = Screen::default();
        let target = ProgressDrawTarget::term_like(Box::new(screen.clone()));
        let bar = ProgressBar::with_draw_target(Some(1_000_000), target);
        bar.set_style(styled(template));
        bar.set_message("least-connections");
        bar.inc(420_000);
        bar.tick();
        bar.abandon();
        screen.0.lock().unwrap().clone()
    }

    #[test]
    fn bars_show_progress_and_rate() {
        for (template, parts) in [
            (
                bar("requests"),
                &[
                    "least-connections ",
                    " 42% of 1,000,000 requests, ",
                    "/s, ",
                    "s left",
                ][..],
            ),
            (count("keys"), &["420,000 keys, ", "/s"]),
            (
                STEPS.to_owned(),
                &["least-connections ", "420000/1000000, ", "s left"],
            ),
            (READING.to_owned(), &["reading least-connections, "]),
        ] {
            let drawn = drawn(&template);
            for part in parts {
                assert!(drawn.contains(part), "{part:?} in {drawn:?}");
            }
        }
    }

    #[test]
    fn all_counts_reach_the_bar() {
        let bar = ProgressBar::hidden();
        let mut counter = Counter::new(&bar);
        (0..TOLD + 5).for_each(|_| counter.count());
        assert_eq!(bar.position(), TOLD);
        drop(counter);
        assert_eq!(bar.position(), TOLD + 5);
    }

    #[test]
    fn a_quiet_voice_shows_nothing() {
        let voice = Voice::new(true);
        let bars = [
            voice.bar("plan", 9, "keys"),
            voice.steps("tune", 9),
            voice.count("keys"),
            voice.reading("-".as_ref()),
        ];
        assert!(bars.iter().all(ProgressBar::is_hidden));
    }
}
