//! When laws apply.

use crate::card::Origin;
use crate::contract::around::Around;
use crate::contract::law::Applies;
use crate::contract::subject::Subject;
use crate::profile::Key;

/// To every strategy.
pub(super) const fn always(_: &Subject) -> Applies {
    Ok(())
}

/// To what picks by key, where there is one.
pub(super) fn by_key(subject: &Subject) -> Applies {
    when(
        subject.profile().key != Key::Unused,
        "it does not pick by key",
    )
}

/// To what is made to our laws, and not after another program or by one.
pub(super) fn own(subject: &Subject) -> Applies {
    when(
        subject.card().origin == Origin::Own,
        "it answers as another program does",
    )
}

/// To what is built and asked in this process: of a program outside it would say something about what asks it.
pub(super) fn in_process(subject: &Subject) -> Applies {
    when(
        subject.card().origin != Origin::External,
        "it is about strategies in the same process",
    )
}

/// To what can be asked for another backend than the first.
pub(super) fn with_exclusions(subject: &Subject) -> Applies {
    when(
        subject.abilities().exclusions,
        "it cannot be asked for another backend",
    )
}

/// To what uses all backends.
pub(super) fn whole(subject: &Subject) -> Applies {
    when(
        subject.around() != Around::Subset,
        "a subset has some of the backends only",
    )
}

pub(super) fn when(applies: bool, reason: &'static str) -> Applies {
    applies.then_some(()).ok_or(reason)
}
