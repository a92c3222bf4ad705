//! How much room a text takes, before it is laid out.

use unicode_width::UnicodeWidthChar;

use super::theme::LETTERS;

/// Letters and signs that take much less room than others, and those that take much more.
const NARROW: &str = " !'(),-./:;IJ[\\]fijlrt|·";
const WIDE: &str = "%@MWmœ";

/// The width of a text in a plot. The font is unknown: the width is that of DejaVu Sans, which is wider
/// than most.
pub(super) fn width_of(text: &str) -> f64 {
    text.chars().map(pixels).sum()
}

/// The width of a letter in a plot.
pub(super) fn pixels(letter: char) -> f64 {
    let ems = match letter {
        _ if columns(letter) == 0. => 0.,
        _ if columns(letter) > 1. => 1.25,
        _ if NARROW.contains(letter) => 0.42,
        _ if WIDE.contains(letter) => 1.,
        'a'..='z' | '0'..='9' => 0.64,
        '\u{20}'..='\u{24F}' => 0.84,
        _ => 1.,
    };
    ems * f64::from(LETTERS)
}

/// The columns that a letter takes in a terminal.
pub(super) fn columns(letter: char) -> f64 {
    letter.width().unwrap_or_default() as f64
}

/// The first and the last letters of a text that would take more than this, with a mark between them: names
/// often differ at their ends.
pub(super) fn shortened(text: &str, most: f64, width: fn(char) -> f64) -> String {
    if text.chars().map(width).sum::<f64>() <= most {
        return text.to_owned();
    }
    let room = most - width('…');
    let head = fitting(text.chars(), room * HEAD, width);
    let tail = fitting(
        text.chars().rev(),
        room - head.chars().map(width).sum::<f64>(),
        width,
    );
    let tail: String = tail.chars().rev().collect();
    format!("{head}…{tail}")
}

/// How much of the room the first letters take.
const HEAD: f64 = 0.6;

fn fitting(letters: impl Iterator<Item = char>, room: f64, width: fn(char) -> f64) -> String {
    let mut taken = 0.;
    let fits = |letter: &char| {
        taken += width(*letter);
        taken <= room
    };
    letters.take_while(fits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_as_wide_as_they_look() {
        assert!(width_of("iiii") < width_of("nnnn"));
        assert!(width_of("nnnn") < width_of("WWWW"));
        assert!(width_of("サーバー") > width_of("server"));
        // A combining mark takes no room of its own.
        assert_eq!(width_of("n\u{308}"), width_of("n"));
    }

    #[test]
    fn what_is_too_long_is_shortened() {
        assert_eq!(shortened("rendezvous", 10., columns), "rendezvous");
        assert_eq!(shortened("round-robin", 10., columns), "round…obin");
        assert_eq!(shortened("キャッシュサーバー", 10., columns), "キャ…バー");
        for text in ["WWWWWWWWWWWWWWWW", "iiiiiiiiiiiiiiiiiiiiiiiiiiii"] {
            let shortened = shortened(text, 100., pixels);
            assert!((85. ..=100.).contains(&width_of(&shortened)), "{shortened}");
        }
    }
}
