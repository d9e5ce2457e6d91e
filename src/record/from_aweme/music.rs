//! The sounds of an aweme.

use serde::Deserialize;

use crate::record::lenient::{Count, Flag, Id, Media, Text, Word};
use crate::record::{Music, known};

/// `music` and `added_sound_music_info` of an aweme.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Sound {
    /// A bare number above 2^53, rounded by some gateways; `id_str` and `mid` are its exact twins.
    id: Id,
    id_str: Id,
    mid: Id,
    title: Text,
    author: Text,
    owner_handle: Word,
    duration: Count,
    play_url: Media,
    album: Text,
    /// `is_original` is false for sounds of users as well; this one is not.
    is_original_sound: Flag,
    cover_thumb: Media,
    cover_medium: Media,
    cover_large: Media,
    owner_id: Id,
    owner_nickname: Text,
    sec_uid: Word,
}

impl Sound {
    pub(super) fn music(self) -> Option<Music> {
        known(Music {
            id: self.id_str.0.or(self.mid.0).or(self.id.0),
            title: self.title.0,
            author: self.author.0,
            owner_handle: self.owner_handle.0,
            duration: self.duration.0,
            play_url: self.play_url.asset(),
            album: self.album.0,
            is_original_sound: self.is_original_sound.0,
            cover_thumb: self.cover_thumb.asset(),
            cover_medium: self.cover_medium.asset(),
            cover_large: self.cover_large.asset(),
            owner_id: self.owner_id.0,
            owner_nickname: self.owner_nickname.0,
            sec_uid: self.sec_uid.0,
        })
    }
}
