//! The conditions under which laws apply.

use crate::card::Origin;
use crate::contract::around::Around;
use crate::contract::law::Applies;
use crate::contract::subject::Subject;
use crate::profile::Key;

/// Applies to every strategy.
pub(super) const fn always(_: &Subject) -> Applies {
    Ok(())
}

/// Applies to strategies that pick by key, with a key.
pub(super) fn by_key(subject: &Subject) -> Applies {
    when(
        subject.profile().key != Key::Unused,
        "it does not pick by key",
    )
}

/// Applies to strategies that are designed for these laws, not to copies of other programs.
pub(super) fn own(subject: &Subject) -> Applies {
    when(
        subject.card().origin == Origin::Own,
        "it answers as another program does",
    )
}

/// Applies to strategies that are built in this process: with an external program, the law would test the connection to
/// it.
pub(super) fn in_process(subject: &Subject) -> Applies {
    when(
        subject.card().origin != Origin::External,
        "it is about strategies in the same process",
    )
}

/// Applies to strategies that can be asked for another backend than the first.
pub(super) fn with_exclusions(subject: &Subject) -> Applies {
    when(
        subject.abilities().exclusions,
        "it cannot be asked for another backend",
    )
}

/// Applies to strategies that use all backends.
pub(super) fn whole(subject: &Subject) -> Applies {
    when(
        subject.around() != Around::Subset,
        "a subset has some of the backends only",
    )
}

pub(super) fn when(applies: bool, reason: &'static str) -> Applies {
    applies.then_some(()).ok_or(reason)
}
