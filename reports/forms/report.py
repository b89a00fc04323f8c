from django import forms

from reports.word.read import MOST_BYTES

LEAVE = "none"
APPEND, REPLACE = "append", "replace"


class UploadForm(forms.Form):
    file = forms.FileField(
        label="Word文件", error_messages={"required": "先选一个 .docx 文件。", "empty": "这个文件是空的，换一个。"},
        widget=forms.ClearableFileInput(attrs={"accept": ".docx"}),
    )  # fmt: skip

    def clean_file(self):
        file = self.cleaned_data["file"]
        if not file.name.lower().endswith(".docx"):
            raise forms.ValidationError("只收 .docx。旧的 .doc 在 Word 或 WPS 里“另存为”.docx 再上传。")
        if file.size > MOST_BYTES:
            raise forms.ValidationError(f"文件超过{MOST_BYTES // 1024 // 1024}MB。删去里面的照片再上传。")
        return file


class FillForm(forms.Form):
    """Where each piece goes. pieces: [reports.word.read.Piece], or texts posted back from the preview."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    how = forms.ChoiceField(
        label="原来写的字", choices=[(APPEND, "接在后面"), (REPLACE, "用文件里的换掉")], widget=forms.RadioSelect,
        initial=APPEND,
    )  # fmt: skip
    MOST = 60

    def __init__(self, data=None, *, labels, pieces=None, revision=0):
        self.number = len(pieces) if pieces is not None else self._count(data)
        super().__init__(data, initial={"revision": revision, "how": APPEND})
        choices = [(str(position), label) for position, label in enumerate(labels)] + [(LEAVE, "不要这一段")]
        for index in range(self.number):
            piece = pieces[index] if pieces is not None else None
            to = str(piece.section) if piece and piece.section is not None else ""
            lead = not to and piece is not None and not piece.heading
            self.fields[f"to-{index}"] = forms.ChoiceField(
                label="放到", choices=[("", "选一部分"), *choices], initial=LEAVE if lead else to,
                error_messages={"required": "选这一段放到哪一部分，或者选“不要这一段”。"},
            )  # fmt: skip
            self.fields[f"heading-{index}"] = forms.CharField(
                required=False, max_length=200, widget=forms.HiddenInput, initial=piece.heading if piece else ""
            )
            self.fields[f"text-{index}"] = forms.CharField(
                required=False, max_length=40_000, strip=False, widget=forms.HiddenInput, initial=piece.text if piece else ""
            )

    @classmethod
    def _count(cls, data):
        return next((index for index in range(cls.MOST) if f"text-{index}" not in data), cls.MOST)

    def rows(self):
        """[(heading, text, the field that says where it goes, its hidden fields)]"""
        for index in range(self.number):
            heading, text = self[f"heading-{index}"], self[f"text-{index}"]
            yield heading.value() or "", text.value() or "", self[f"to-{index}"], (heading, text)

    def filled(self, texts):
        """The sections with the pieces put in. What is not named keeps its words."""
        came = {}
        for index in range(self.number):
            to, text = self.cleaned_data[f"to-{index}"], self.cleaned_data[f"text-{index}"].strip("\n")
            if to != LEAVE and text:
                came.setdefault(int(to), []).append(text)
        told = list(texts)
        for position, parts in came.items():
            keeps = self.cleaned_data["how"] == APPEND and told[position].strip()
            told[position] = "\n".join([told[position], *parts] if keeps else parts)
        return told
