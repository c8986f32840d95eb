//! Plays the module's side of the wire for wanlink's tests, and the clock they run on
