"""What one context should become: ownership, comparison, the plan, and the guards that hold it back."""
