//! Which keys a change in membership moves.

use crate::analysis::{Change, Moves};
use crate::card::{OwnerOrder, ShareVariance};
use crate::contract::case::Case;
use crate::contract::event::Event;
use crate::contract::finding::Finding;
use crate::contract::histories::histories;
use crate::contract::key_text::KeyText;
use crate::contract::law::{Applies, Law};
use crate::contract::laws::answers::{answers, listed, owners};
use crate::contract::laws::conditions::{by_key, when, with_exclusions};
use crate::contract::model::{Happened, Listing, Model};
use crate::contract::name::Name;
use crate::contract::subject::Subject;

/// The law; its sentence states it.
pub(super) const MINIMAL_MOVEMENT: Law = Law {
    name: "minimal-movement",
    sentence: "a change moves a key only from a backend that leaves or loses weight, or to one that joins or gains weight",
    fits: by_key,
    promised: is_minimal,
    cases: |subject| {
        let mut cases = changes(subject);
        let histories = histories(subject.effort().histories, 200).into_iter();
        cases.extend(histories.map(|case| of_members(case, subject)));
        cases
    },
    holds: moves_are_minimal,
    shrinks: true,
};

/// The law; its sentence states it.
pub(super) const PROPORTIONAL_MOVEMENT: Law = Law {
    name: "proportional-movement",
    sentence: "a change moves about as many keys as the weights ask for: from 0.7 to 1.8 times as many",
    fits: by_key,
    promised: |subject| {
        is_minimal(subject)?;
        let is_stated = subject.card().shares != ShareVariance::NotStated;
        when(is_stated, "its card does not say how shares vary (shares)")
    },
    cases: changes,
    holds: moves_are_proportional,
    shrinks: true,
};

/// The law; its sentence states it.
pub(super) const OWNER_ORDER: Law = Law {
    name: "owner-order",
    sentence: "if a backend leaves, a key's other owners keep their order (or those before it, if the card says so)",
    fits: |subject| {
        with_exclusions(subject)?;
        by_key(subject)
    },
    promised: is_minimal,
    cases: |_| {
        let leave = |&(name, _): &(Name, u32)| Event::Leave(name);
        let usual = Case::usual().with_keys(200);
        let events: Vec<_> = usual.start.iter().map(leave).collect();
        events
            .into_iter()
            .map(|event| usual.clone().then([event]))
            .collect()
    },
    holds: order_is_kept,
    shrinks: true,
};

fn is_minimal(subject: &Subject) -> Applies {
    when(
        subject.profile().minimal,
        "its profile does not promise it (minimal)",
    )
}

/// Returns changes of the usual pool.
fn changes(subject: &Subject) -> Vec<Case> {
    let mut several = Case::usual().start;
    several.rotate_left(3);
    several[6] = (Name(8), 2);
    several[0].1 = 4;
    several[1].1 = 2;
    let changes = [
        Event::Join(Name(8), 3, 3),
        Event::Leave(Name(7)),
        Event::Reweight(Name(1), 6),
        Event::Reweight(Name(4), 1),
        Event::Drain(Name(7), true),
        Event::Replace(several),
    ];
    let keys = subject.effort().keys;
    let change = |event| Case::usual().then([event]).with_keys(keys);
    changes.into_iter().map(change).collect()
}

/// Returns the events of a history that change its members. The order changes only if that must make no difference, and
/// an unavailable backend leaves only if its keys already have their final next owners.
fn of_members(mut case: Case, subject: &Subject) -> Case {
    let order_free = subject.profile().order_free;
    let order_is_kept = subject.card().owner_order == OwnerOrder::Kept;
    case.events.retain(|event| match event {
        Event::Join(..) | Event::Leave(_) | Event::Reweight(..) => true,
        Event::Drain(..) | Event::Down(..) => order_is_kept,
        Event::Rotate(_) | Event::Replace(_) => order_free,
        _ => false,
    });
    case
}

fn moves_are_minimal(subject: &Subject, case: &Case) -> Result<(), Finding> {
    let mut model = Model::new(subject, case, Listing::AsGiven)?;
    for event in &case.events {
        let before = model.balancer().snapshot();
        let was = answers(&before, 0..case.keys)?;
        if model.play(event)? != Happened::Changed {
            continue;
        }
        model.settle();
        let after = model.balancer().snapshot();
        let change = Change::new(before.pool(), after.pool());
        let both = was.into_iter().zip(answers(&after, 0..case.keys)?);
        for (number, (was, is)) in (0..).zip(both) {
            if change.needless(was, is)
                && let (Some(was), Some(is)) = (was, is)
            {
                let key = KeyText::new(number);
                let (was, is) = (before.pool().backend(was), after.pool().backend(is));
                let (was, is) = (was.name(), is.name());
                return Err(Finding::new(format_args!(
                    "request key {key} → {is}, but {was} before `{event}`; {was} has not left or lost weight, {is} has not joined or gained any"
                )));
            }
        }
    }
    Ok(())
}

fn moves_are_proportional(subject: &Subject, case: &Case) -> Result<(), Finding> {
    let mut model = Model::new(subject, case, Listing::AsGiven)?;
    for event in &case.events {
        let before = model.balancer().snapshot();
        model.play(event)?;
        model.settle();
        let after = model.balancer().snapshot();
        let change = Change::new(before.pool(), after.pool());
        let least = change.least_share();
        let was = answers(&before, 0..case.keys)?.into_iter();
        let moved = was
            .zip(answers(&after, 0..case.keys)?)
            .map(|(was, is)| (was, is, 1));
        let moved = Moves::count(&change, moved).moved_share();
        // A ring's shares vary by 8% around the weights, and of several changes at once one may move keys that another
        // would have moved elsewhere.
        let is_right = least == 0. || !least.is_finite() || (0.7..1.8).contains(&(moved / least));
        Finding::unless(is_right, || {
            let (moved, least) = (100. * moved, 100. * least);
            format!(
                "{moved:.1}% of {} keys move, the weights ask for {least:.1}%",
                case.keys
            )
        })?;
    }
    Ok(())
}

fn order_is_kept(subject: &Subject, case: &Case) -> Result<(), Finding> {
    let mut model = Model::new(subject, case, Listing::AsGiven)?;
    for event in &case.events {
        let all = |model: &Model<'_>| -> Result<Vec<_>, Finding> {
            (0..case.keys)
                .map(|key| owners(model.balancer(), key))
                .collect()
        };
        let before = all(&model)?;
        model.play(event)?;
        let Event::Leave(gone) = event else { continue };
        for (number, (before, after)) in (0..).zip(before.into_iter().zip(all(&model)?)) {
            let Some(place) = before.iter().position(|name| name == gone) else {
                continue;
            };
            let mut expected = before.clone();
            expected.remove(place);
            if subject.card().owner_order == OwnerOrder::KeptBeforeLeaver {
                expected.truncate(place);
            }
            Finding::unless(after.starts_with(&expected), || {
                let (key, before, after) = (KeyText::new(number), listed(&before), listed(&after));
                format!("owners of key {key} → {after}; with {gone} they were {before}")
            })?;
        }
    }
    Ok(())
}
