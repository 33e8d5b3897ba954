from reports.models.editions import Edition, Figure, PrintedReport

__all__ = ["Edition", "Figure", "PrintedReport"]
