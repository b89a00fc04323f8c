"""What a visit does not take, beside what no file may be (core/media/kinds.py)."""

from core.media import kinds
from core.media.kinds import MediaKind

MOST = {MediaKind.PHOTO: 6, MediaKind.VIDEO: 1}  # a visit
SENTENCES = {
    "gave_up": "试了几次都没有处理好。删掉后重新传一次。",
    "changed": "传到的内容和手机上的不一样，再传一次。",
    "off": "这次活动不收照片和视频。",
    "no_video": "这次活动不收视频，只收照片。",
    "full_photo": "一次家访最多6张照片。删掉一张再传。",
    "full_video": "一次家访最多1段视频。删掉再传。",
    "no_consent": "家长同意合影后再传。没有照片也能完成记录。",
    "not_yours": "这次家访不是你记的，不能加照片。",
    "archived": "这条记录已经归档或作废，不能再加照片。",
}


class NotTaken(kinds.Refused):
    sentences = SENTENCES
