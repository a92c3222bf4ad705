//! How much room a text takes, before anybody has laid it out.

use unicode_width::UnicodeWidthChar;

use super::theme::LETTERS;

/// Letters and signs that take much less room than others, and those that take much more.
const NARROW: &str = " !'(),-./:;IJ[\\]fijlrt|·\u{2009}";
const WIDE: &str = "%@MWmœ";

/// The width of a text in a plot. Which font is there nobody knows: it is as wide as in DejaVu Sans, which is
/// wider than most.
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

/// The first letters of a text that would take more than this, with a mark that there are more.
pub(super) fn shortened(text: &str, most: f64, width: fn(char) -> f64) -> String {
    if text.chars().map(width).sum::<f64>() <= most {
        return text.to_owned();
    }
    let mut taken = width('…');
    let kept: String = text
        .chars()
        .take_while(|&letter| {
            taken += width(letter);
            taken <= most
        })
        .collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_as_wide_as_they_look() {
        assert!(width_of("iiii") < width_of("nnnn"));
        assert!(width_of("nnnn") < width_of("WWWW"));
        assert!(width_of("サーバー") > width_of("server"));
        // With a mark above, which stands in no place of its own.
        assert_eq!(width_of("n\u{308}"), width_of("n"));
    }

    #[test]
    fn what_is_too_long_is_shortened() {
        assert_eq!(shortened("rendezvous", 10., columns), "rendezvous");
        assert_eq!(shortened("round-robin", 10., columns), "round-rob…");
        assert_eq!(shortened("キャッシュサーバー", 10., columns), "キャッシ…");
        for text in ["WWWWWWWWWWWWWWWW", "iiiiiiiiiiiiiiiiiiiiiiiiiiii"] {
            let shortened = shortened(text, 100., pixels);
            assert!((85. ..=100.).contains(&width_of(&shortened)), "{shortened}");
        }
    }
}
