//! How the options of clients are displayed.

/// An option that displays its own value.
macro_rules! option {
    ($section:path: $name:ident, $help:literal) => {
        $crate::card::OptionHelp {
            name: stringify!($name),
            help: $help,
            value: |options| options.get($section).$name.to_string(),
        }
    };
}

/// Whether C's `char` is signed.
macro_rules! char_sign {
    ($section:path) => {
        option!(
            $section: char,
            "the sign of bytes above ASCII in sums, `signed` as on x86 or `unsigned` as on ARM"
        )
    };
}

pub(super) use {char_sign, option};
