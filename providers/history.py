"""What is remembered of records: what editors say of them. What imports write is one entry for each run."""

from providers.models import Provider, Specialty
from therapydir.history.keeping import Kept, keep

keep(
    Kept(Specialty),
    Kept(Provider, fields=("is_hidden", "our_name", "our_street", "our_phone", "note")),
)
