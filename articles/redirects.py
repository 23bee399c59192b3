"""Old addresses of texts that editors add, and why some cannot be."""

from django import forms

from articles.models import Article, FormerSlug
from therapydir.pages.redirects import OldAddressForm, of_a_page, of_another


class TextRedirectForm(OldAddressForm):
    article = forms.ModelChoiceField(Article.objects.all(), label="Leads to")

    KIND, EXAMPLE, TARGET = "text", "/articles/old-title/", "article"
    VIEWS = ("articles:detail", "articles:about_page")

    class Meta:
        model = FormerSlug
        fields = ["article"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["article"].queryset = Article.objects.published()  # at this moment

    def row_at(self, parts):
        slug = parts["slug"]
        return FormerSlug.objects.filter(slug=slug).first() or FormerSlug(slug=slug)

    def refusal(self, row, target):
        page = Article.objects.published().filter(slug=row.slug).first()
        return of_a_page(page, target) or of_another(row, row.pk and row.article)
