//! Drives the built binary as a user would, against the simulator; never touches the network.

mod docs;
mod har;
