//! Under which faults a run is.

use clap::ValueEnum;

/// What a run has to stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Condition {
    /// Faults of every kind but `hang`, whatever the seed draws
    Storm,
    /// Nothing goes wrong, and every doubtful fact of the manuals is as it is believed to be
    Happy,
    /// Nothing goes wrong, but doubtful facts are drawn
    Options,
    /// The module or the microcontroller restarts
    Restart,
    /// Network, context, SIM, names or ways go away
    Network,
    /// The platform hangs up, is silent, or refuses
    Broker,
    /// Lines of the port are damaged, lost, doubled or late
    Garble,
    /// The server shows a certificate that is not its own, or no TLS
    Certificate,
    /// The module hangs, and nothing but its reset line helps
    Hang,
}

impl Condition {
    /// Those of the matrix: each kind alone, and all at once.
    pub const EACH: [Self; 9] = [
        Self::Happy,
        Self::Options,
        Self::Restart,
        Self::Network,
        Self::Broker,
        Self::Garble,
        Self::Certificate,
        Self::Hang,
        Self::Storm,
    ];

    /// As on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Storm => "storm",
            Self::Happy => "happy",
            Self::Options => "options",
            Self::Restart => "restart",
            Self::Network => "network",
            Self::Broker => "broker",
            Self::Garble => "garble",
            Self::Certificate => "certificate",
            Self::Hang => "hang",
        }
    }
}
