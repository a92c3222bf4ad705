//! Output on standard error besides results: progress and notes.

use std::fmt::Display;
use std::path::Path;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::input::name_of;

/// The update interval of a progress bar that counts one by one.
pub(crate) const TOLD: u64 = 1 << 16;

/// The tick of what shows the time so far.
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

    /// Returns a bar for things that take equally long each, with the time left.
    pub(crate) fn alike(self, what: &'static str, total: u64) -> ProgressBar {
        self.shown(ProgressBar::new(total), styled(ALIKE))
            .with_message(what)
    }

    /// Returns a bar for things that take unequally long: its share and the time so far, since the rest is not known.
    /// `what` is its initial message.
    pub(crate) fn unlike(self, what: &'static str, total: u64) -> ProgressBar {
        self.ticking(ProgressBar::new(total), UNLIKE)
            .with_message(what)
    }

    /// Returns a bar with the number of finished steps, which take unequally long.
    pub(crate) fn steps(self, what: &'static str, total: u64) -> ProgressBar {
        self.ticking(ProgressBar::new(total), STEPS)
            .with_message(what)
    }

    /// Returns a counter without a known total, with the rate.
    pub(crate) fn count(self, things: &str) -> ProgressBar {
        self.shown(ProgressBar::new_spinner(), styled(&count(things)))
    }

    /// Returns a counter of slow steps without a known total, with the time so far.
    pub(crate) fn count_steps(self, things: &str) -> ProgressBar {
        self.ticking(ProgressBar::new_spinner(), &count_steps(things))
    }

    /// Returns a spinner for reading a file.
    pub(crate) fn reading(self, path: &Path) -> ProgressBar {
        self.ticking(ProgressBar::new_spinner(), READING)
            .with_message(name_of(path))
    }

    /// Returns a bar that is drawn at once and then at intervals, whether or not something is finished.
    fn ticking(self, bar: ProgressBar, template: &str) -> ProgressBar {
        let bar = self.shown(bar, styled(template));
        if !bar.is_hidden() {
            bar.tick();
            bar.enable_steady_tick(TICK);
        }
        bar
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

// Each fits 60 columns: the bar takes what is left, and the name of a file is cut.

const ALIKE: &str = "{msg:20!} {wide_bar} {percent:>3}%, {eta} left";

const UNLIKE: &str = "{msg:20!} {wide_bar} {percent:>3}%, {elapsed}";

const STEPS: &str = "{msg:20!} {wide_bar} {pos}/{len}, {elapsed}";

const READING: &str = "{spinner} {elapsed} reading {wide_msg}";

fn count(things: &str) -> String {
    format!("{{spinner}} {{human_pos}} {things}, {{per_sec:0}}")
}

fn count_steps(things: &str) -> String {
    format!("{{spinner}} {{human_pos}} {things}, {{elapsed}}")
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
                ALIKE.to_owned(),
                &["least-connections ", " 42%, ", "s left"][..],
            ),
            (UNLIKE.to_owned(), &["least-connections ", " 42%, ", "s"]),
            (count("keys"), &["420,000 keys, ", "/s"]),
            (count_steps("settings"), &["420,000 settings, ", "s"]),
            (
                STEPS.to_owned(),
                &["least-connections ", "420000/1000000, ", "s"],
            ),
            (READING.to_owned(), &[" reading least-connections"]),
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
            voice.alike("plan", 9),
            voice.unlike("simulate", 9),
            voice.steps("compare", 9),
            voice.count("keys"),
            voice.count_steps("settings"),
            voice.reading("-".as_ref()),
        ];
        assert!(bars.iter().all(ProgressBar::is_hidden));
    }
}
