//! Pictures, sounds and video files in every form they come in: a bare address (the site), a
//! struct in three spellings (app, site, gateways), or a list of addresses (embeds).

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess};

use super::any::{FromAny, Leaf, any};
use super::count_oddity;
use super::leaf::{Count, Word};
use super::node::{Elements, count_unless_empty};
use crate::record::asset::{Asset, VideoFile, earliest_expiry};

/// A picture, sound or video file as it came.
#[derive(Debug, Default)]
pub(in crate::record) struct Media {
    /// Whether anything but null stood there, an empty text included.
    pub(in crate::record) is_given: bool,
    uri: Option<String>,
    urls: Vec<String>,
    width: Option<u64>,
    height: Option<u64>,
    url_key: Option<String>,
    data_size: Option<u64>,
    file_hash: Option<String>,
    file_cs: Option<String>,
}

/// One of a list of equivalent addresses. Most are bare ones, which need no room for all the rest.
enum Element {
    Nothing,
    Url(String),
    Media(Box<Media>),
}

/// The pictures of a photo post, each in any form; those that lead nowhere are left out.
#[derive(Debug, Default)]
pub(in crate::record) struct Pictures(pub(in crate::record) Option<Vec<Asset>>);

/// The keys of a struct: the app's, the site's two spellings, and those of photo posts.
#[derive(serde::Deserialize)]
#[serde(field_identifier)]
enum Key {
    #[serde(rename = "uri", alias = "Uri")]
    Uri,
    #[serde(rename = "url_list", alias = "urlList", alias = "UrlList")]
    Urls,
    #[serde(rename = "width", alias = "Width", alias = "imageWidth")]
    Width,
    #[serde(rename = "height", alias = "Height", alias = "imageHeight")]
    Height,
    #[serde(rename = "url_key", alias = "UrlKey")]
    Encoding,
    #[serde(rename = "data_size", alias = "DataSize")]
    DataSize,
    #[serde(rename = "file_hash", alias = "FileHash")]
    FileHash,
    #[serde(rename = "file_cs", alias = "FileCs")]
    FileCs,
    #[serde(rename = "imageURL", alias = "displayImage", alias = "display_image")]
    Inner,
    #[serde(other)]
    Other,
}

impl Media {
    /// One of which nothing is known but that it is there.
    fn given() -> Self {
        Self {
            is_given: true,
            ..Self::default()
        }
    }

    /// As a picture or sound; nothing when it leads nowhere.
    pub(in crate::record) fn asset(self) -> Option<Asset> {
        self.leads_somewhere().then(|| Asset {
            expires_at: earliest_expiry(&self.urls),
            uri: self.uri,
            url_list: self.urls,
            width: self.width,
            height: self.height,
        })
    }

    /// As a video file; nothing when it leads nowhere.
    pub(in crate::record) fn file(self) -> Option<VideoFile> {
        self.leads_somewhere().then(|| VideoFile {
            expires_at: earliest_expiry(&self.urls),
            uri: self.uri,
            url_list: self.urls,
            width: self.width,
            height: self.height,
            url_key: self.url_key,
            data_size: self.data_size,
            file_hash: self.file_hash,
            file_cs: self.file_cs,
        })
    }

    /// The app fills absent pictures in with an empty name, an empty list and 720 by 720.
    fn leads_somewhere(&self) -> bool {
        self.uri.is_some() || !self.urls.is_empty()
    }

    fn take<'de, A: MapAccess<'de>>(&mut self, key: Key, object: &mut A) -> Result<(), A::Error> {
        match key {
            Key::Uri => self.uri = object.next_value::<Word>()?.0,
            Key::Urls => self.urls = object.next_value::<Self>()?.urls,
            Key::Width => self.width = object.next_value::<Count>()?.0,
            Key::Height => self.height = object.next_value::<Count>()?.0,
            Key::Encoding => self.url_key = object.next_value::<Word>()?.0,
            Key::DataSize => self.data_size = object.next_value::<Count>()?.0,
            Key::FileHash => self.file_hash = object.next_value::<Word>()?.0,
            Key::FileCs => self.file_cs = object.next_value::<Word>()?.0,
            Key::Inner => self.take_inner(object.next_value()?),
            Key::Other => drop(object.next_value::<IgnoredAny>()?),
        }
        Ok(())
    }

    /// Photo posts wrap each picture once more, its size inside (app) or beside (site).
    fn take_inner(&mut self, inner: Self) {
        self.uri = inner.uri.or_else(|| self.uri.take());
        self.urls = inner.urls;
        self.width = inner.width.or(self.width);
        self.height = inner.height.or(self.height);
    }
}

impl<'de> FromAny<'de> for Media {
    fn from_leaf(leaf: Leaf<'_>) -> Self {
        let is_given = !matches!(leaf, Leaf::Nothing);
        Self {
            is_given,
            urls: Vec::from_iter(url(leaf)),
            ..Self::default()
        }
    }

    fn from_object<A: MapAccess<'de>>(mut object: A) -> Result<Self, A::Error> {
        let mut media = Self::given();
        while let Some(key) = object.next_key()? {
            media.take(key, &mut object)?;
        }
        Ok(media)
    }

    /// Equivalent addresses; of structs in a list the first gives the rest.
    fn from_list<A: SeqAccess<'de>>(list: A) -> Result<Self, A::Error> {
        let mut media = Self::given();
        let mut elements = Elements(list);
        while let Some(element) = elements.next()? {
            match element {
                Element::Nothing => {}
                Element::Url(url) if media.leads_somewhere() => media.urls.push(url),
                Element::Url(url) => {
                    media = Self {
                        urls: vec![url],
                        ..Self::given()
                    };
                }
                Element::Media(other) if media.leads_somewhere() => media.urls.extend(other.urls),
                Element::Media(first) => {
                    media = Self {
                        is_given: true,
                        ..*first
                    };
                }
            }
        }
        Ok(media)
    }
}

/// An address, where one stands.
fn url(leaf: Leaf<'_>) -> Option<String> {
    match leaf {
        Leaf::Nothing => None,
        Leaf::Text(url) => (!url.is_empty()).then(|| url.to_owned()),
        _ => {
            count_oddity();
            None
        }
    }
}

impl<'de> FromAny<'de> for Element {
    fn from_leaf(leaf: Leaf<'_>) -> Self {
        url(leaf).map_or(Self::Nothing, Self::Url)
    }

    fn from_object<A: MapAccess<'de>>(object: A) -> Result<Self, A::Error> {
        Media::from_object(object).map(|media| Self::Media(Box::new(media)))
    }

    fn from_list<A: SeqAccess<'de>>(list: A) -> Result<Self, A::Error> {
        Media::from_list(list).map(|media| Self::Media(Box::new(media)))
    }
}

impl<'de> Deserialize<'de> for Element {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        any(deserializer)
    }
}

impl<'de> FromAny<'de> for Pictures {
    fn from_leaf(leaf: Leaf<'_>) -> Self {
        count_unless_empty(&leaf);
        Self(None)
    }

    fn from_list<A: SeqAccess<'de>>(list: A) -> Result<Self, A::Error> {
        Elements(list)
            .collect(Media::asset)
            .map(|list| Self(Some(list)))
    }
}

impl<'de> Deserialize<'de> for Pictures {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        any(deserializer)
    }
}

impl<'de> Deserialize<'de> for Media {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        any(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::super::counted;
    use super::*;

    fn media(json: &str) -> Media {
        counted(|| serde_json::from_str(json)).unwrap().0
    }

    #[test]
    fn every_form_becomes_one() {
        for json in [
            r#""https://e.example/a""#,
            r#"["https://e.example/a"]"#,
            r#"["", "https://e.example/a"]"#,
            r#"{"url_list":["https://e.example/a"]}"#,
            r#"{"urlList":["https://e.example/a", ""]}"#,
            r#"{"UrlList":"https://e.example/a","uri":""}"#,
            r#"{"imageURL":{"urlList":["https://e.example/a"]}}"#,
            r#"[{"url_list":["https://e.example/a"]}]"#,
            r#"[null, [], 7, ["https://e.example/a"]]"#,
            r#"[{"width":720}, "https://e.example/a"]"#,
        ] {
            assert_eq!(
                media(json).asset().unwrap().url_list,
                ["https://e.example/a"],
                "{json}"
            );
        }
    }

    #[test]
    fn addresses_of_every_form_are_gathered_in_order() {
        let json = r#"["a", {"url_list":["b","c"],"width":9}, null, ["d",["e"]], "", "f"]"#;
        let asset = media(json).asset().unwrap();
        assert_eq!(asset.url_list, ["a", "b", "c", "d", "e", "f"]);
        assert_eq!(asset.width, None);
        for (json, width) in [
            (r#"[{"url_list":["b"],"width":9}, "c"]"#, Some(9)),
            (r#"[{"width":9}, "c"]"#, None),
            (r#"[{"width":9}, {"url_list":["b"],"width":8}]"#, Some(8)),
        ] {
            assert_eq!(media(json).asset().unwrap().width, width, "{json}");
        }
    }

    #[test]
    fn what_leads_nowhere_is_nothing() {
        for json in [
            "null",
            "\"\"",
            "[]",
            "{}",
            "7",
            r#"{"uri":"","url_list":[],"width":720,"height":720}"#,
            r#"{"uri":null,"url_list":null}"#,
        ] {
            assert_eq!(media(json).asset(), None, "{json}");
        }
    }

    #[test]
    fn an_empty_text_is_given_and_null_is_not() {
        assert!(media("\"\"").is_given);
        assert!(!media("null").is_given);
    }

    #[test]
    fn a_video_file_keeps_its_facts() {
        let file = media(
            r#"{"Uri":"v09","UrlList":["https://e.example/a?expire=1769812052"],"DataSize":"4477607",
                "Width":576,"Height":1024,"UrlKey":"v09_h264","FileHash":"1f","FileCs":"c:0","x":[1]}"#,
        )
        .file()
        .unwrap();
        let expected = VideoFile {
            uri: Some("v09".to_owned()),
            url_list: vec!["https://e.example/a?expire=1769812052".to_owned()],
            width: Some(576),
            height: Some(1024),
            url_key: Some("v09_h264".to_owned()),
            data_size: Some(4_477_607),
            file_hash: Some("1f".to_owned()),
            file_cs: Some("c:0".to_owned()),
            expires_at: Some(1_769_812_052),
        };
        assert_eq!(file, expected);
    }

    #[test]
    fn photo_posts_hold_the_size_inside_or_beside() {
        let beside = media(r#"{"imageURL":{"urlList":["u"]},"imageWidth":3,"imageHeight":4}"#);
        let inside =
            media(r#"{"display_image":{"uri":"n","url_list":["u"],"width":3,"height":4}}"#);
        for picture in [beside, inside] {
            let picture = picture.asset().unwrap();
            assert_eq!((picture.width, picture.height), (Some(3), Some(4)));
        }
    }
}
