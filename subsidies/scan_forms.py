"""What is asked where papers are taken in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

_ACCEPTED = ".pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png"


class _SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class _FilesField(forms.FileField):
    """Any number of files; the single ones are judged by the service."""

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        chosen = data if isinstance(data, list | tuple) else [data]
        return [one for one in chosen if one]


class ScanForm(forms.Form):
    """Which paper it is, and its files or a photo."""

    kind = forms.ChoiceField(label=_("Which paper it is"), widget=forms.RadioSelect)
    papers = _FilesField(
        label=_("Files"),
        required=False,
        widget=_SeveralFiles(attrs={"accept": _ACCEPTED, "multiple": True}),
    )
    photo = forms.FileField(
        label=_("Or a photo"),
        required=False,
        help_text=_("On a phone this opens the camera."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png", "capture": "environment"}),
    )

    def __init__(self, *args: Any, kinds: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined] # a choice field
        self.fields["papers"].help_text = _(
            "PDF, JPEG or PNG, several at once, each at most %(most)s MB."
        ) % {"most": settings.HUIMIN_PAPER_MEGABYTES}

    @property
    def sent(self) -> list[UploadedFile]:
        """Everything that was sent, in order."""
        photo = self.cleaned_data.get("photo")
        return [*self.cleaned_data.get("papers", []), *([photo] if photo else [])]
