//! How the options of clients are shown.

/// An option that shows itself.
macro_rules! option {
    ($section:path: $name:ident, $help:literal) => {
        $crate::card::OptionHelp {
            name: stringify!($name),
            help: $help,
            value: |options| options.get($section).$name.to_string(),
        }
    };
}

/// Whether C's `char` has a sign.
macro_rules! char_sign {
    ($section:path) => {
        option!(
            $section: char,
            "how bytes above ASCII enter sums, `signed` as on x86 or `unsigned` as on ARM"
        )
    };
}

pub(super) use {char_sign, option};
