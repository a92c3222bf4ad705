//! Our own algorithms, one file each.

use crate::card::Card;

pub(crate) mod alias;
pub mod anchor;
pub mod binomial;
pub mod bounded_load;
mod capacity;
pub mod choose_k;
mod draw;
pub mod dx;
pub mod flip;
pub mod growth;
pub mod jump;
pub mod jump_back;
pub mod ketama;
pub mod least_connections;
pub mod least_request;
pub mod lrh;
pub mod maglev;
pub mod memento;
pub mod modulo;
pub mod multi_probe;
pub mod numbered;
pub mod peak_ewma;
pub mod power;
pub mod power_of_two_choices;
pub mod prequal;
pub mod random;
pub mod rendezvous;
pub mod round_robin;
pub mod subset;
pub mod warm_up;

pub use anchor::Anchor;
pub use binomial::Binomial;
pub use bounded_load::BoundedLoad;
pub use choose_k::ChooseK;
pub use dx::Dx;
pub use flip::Flip;
pub use jump::Jump;
pub use jump_back::JumpBack;
pub use ketama::Ketama;
pub use least_connections::LeastConnections;
pub use least_request::LeastRequest;
pub use lrh::Lrh;
pub use maglev::Maglev;
pub use memento::Memento;
pub use modulo::Modulo;
pub use multi_probe::MultiProbe;
pub use peak_ewma::PeakEwma;
pub use power::Power;
pub use power_of_two_choices::PowerOfTwoChoices;
pub use prequal::Prequal;
pub use random::Random;
pub use rendezvous::Rendezvous;
pub use round_robin::RoundRobin;
pub use subset::Subset;
pub use warm_up::WarmUp;

/// The cards of our own algorithms, in alphabetical order.
pub const CARDS: &[&Card] = &[
    &anchor::CARD,
    &binomial::CARD,
    &choose_k::CARD,
    &dx::CARD,
    &flip::CARD,
    &jump::CARD,
    &jump_back::CARD,
    &ketama::CARD,
    &least_connections::CARD,
    &least_request::CARD,
    &lrh::CARD,
    &maglev::CARD,
    &memento::CARD,
    &modulo::CARD,
    &multi_probe::CARD,
    &peak_ewma::CARD,
    &power::CARD,
    &power_of_two_choices::CARD,
    &prequal::CARD,
    &random::CARD,
    &rendezvous::CARD,
    &round_robin::CARD,
];
